import type { RequestName, Requests, RequestValue } from '#shared/contract/ipc.ts'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import type { Result } from '#shared/domain/failure.ts'
import type { Profile, ProfileSummary } from '#shared/domain/profile.ts'
import type { RoomDetail } from '#shared/domain/room.ts'
import type { Trial } from '../profiles/test-profile.ts'
import type { Session } from '../session/session.ts'
import type { z } from 'zod'

/** What a handler works with: the session that runs now, the profiles, and the window that asked. */
export type HandlerContext = {
  readonly session: () => Session
  readonly snapshot: () => SessionSnapshot
  readonly profiles: {
    readonly list: () => ProfileSummary[]
    readonly save: (profile: Profile) => Promise<Result<unknown>>
    readonly remove: (id: string) => Promise<Result<unknown>>
    readonly select: (id: string) => Promise<Result<unknown>>
    readonly test: (profile: Profile) => Promise<Trial>
  }
  readonly client: {
    readonly snapshotTaken: () => void
    readonly openRoom: (room: string) => RoomDetail | null
    readonly leaveRoom: (room: string) => void
  }
}

/** One request's answer; its payload was parsed by the contract. */
export type Handler<N extends RequestName> = (
  payload: z.output<Requests[N]['payload']>,
  context: HandlerContext,
) => Promise<Result<RequestValue<N>>> | Result<RequestValue<N>>

export type HandlersFor<N extends RequestName> = { readonly [K in N]: Handler<K> }
