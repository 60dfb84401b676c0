import type { ServerSettings } from '#shared/contract/embedded.ts'
import type { Bus } from '#server/redis/bus.ts'
import type { RedisLink } from '#server/redis/connection.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { IssueJoinToken } from '#server/tokens/join-token.ts'
import { createAppTokenVerifier, type VerifyAppToken } from './app-token.ts'
import { matchTimes } from './match-store.ts'
import { createMatchmaking, type Matchmaking } from './matchmaking.ts'
import { createMemoryMatches } from './memory-match-store.ts'
import { createRedisMatchStore } from './redis-match-store.ts'

type Options = {
  /** null: one queue in this process. */
  readonly redis: RedisLink | null
  readonly bus: Bus
  readonly rooms: Pick<LiveRooms, 'moved'>
  readonly settings: Pick<ServerSettings, 'livekitKeys'>
  readonly issueToken: IssueJoinToken
}

/** The queue, and who may use it. */
export type MatchService = Matchmaking & { readonly verifyToken: VerifyAppToken }

export function openMatchmaking({ redis, bus, rooms, settings, issueToken }: Options): MatchService {
  const store = redis ? createRedisMatchStore(redis, bus.instance) : createMemoryMatches().forInstance(bus.instance)
  const { graceMs } = matchTimes
  return { ...createMatchmaking({ store, bus, rooms, issueToken, graceMs }), verifyToken: createAppTokenVerifier(settings.livekitKeys) }
}
