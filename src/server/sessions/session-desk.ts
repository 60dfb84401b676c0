import type { RoomSessions, WholeSession } from '#shared/contract/http-sessions.ts'
import { fail, type Result, succeed } from '#shared/domain/failure.ts'
import type { Database } from '#server/records/database.ts'
import { createSessionReader, type SessionReader } from './session-reader.ts'

/** The sessions of rooms, by HTTP. `unavailable` while the database is away. */
export type SessionDesk = {
  readonly ofRoom: (...asked: Parameters<SessionReader['ofRoom']>) => Promise<Result<RoomSessions>>
  readonly whole: (sid: string) => Promise<Result<WholeSession>>
}

export function createSessionDesk({ queries, describe }: Pick<Database, 'queries' | 'describe'>): SessionDesk {
  const reader = createSessionReader(queries)

  async function attempt<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
    try {
      return await work()
    } catch (error) {
      return fail('unavailable', describe(error))
    }
  }

  return {
    ofRoom: (room, page) => attempt(() => reader.ofRoom(room, page)),
    whole: (sid) =>
      attempt(async () => {
        const session = await reader.whole(sid)
        return session ? succeed(session) : fail('not_found', `no session ${sid} is known`)
      }),
  }
}
