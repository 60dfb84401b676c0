import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { createSteadyWork } from './steady-work.ts'

/** How many rows are deleted at a time: SQLite works in this process. */
const ROWS = 200
/** How often what is too old is looked for, ms. */
const EVERY_MS = 3_600_000
const DAY_MS = 86_400_000
const CLOSE_MS = 1000

/**
 * Deletes what is older than a time (ms), few rows at once: sessions and stays that are over, what was observed, records of who has left, notes, and people of whom nothing
 * is left. The audit and what is in force are kept, and so is whom they name. Any number of instances may do it at once. Answers how many rows went. Throws what the database says.
 */
export async function deleteOld(queries: Kysely<DatabaseSchema>, before: number): Promise<number> {
  const deletions: readonly (() => Promise<bigint>)[] = [
    () => {
      const old = queries.selectFrom('participant_sessions').select('sid').where('left_at', '<', before).limit(ROWS)
      return countOf(queries.deleteFrom('participant_sessions').where('sid', 'in', old).executeTakeFirstOrThrow())
    },
    () => {
      const old = queries.selectFrom('room_sessions').select('sid').where('ended_at', '<', before).limit(ROWS)
      return countOf(queries.deleteFrom('room_sessions').where('sid', 'in', old).executeTakeFirstOrThrow())
    },
    () => {
      const old = queries
        .selectFrom('observed_spans')
        .select(['room_sid', 'from_at'])
        .where('from_at', '<', before)
        .where('to_at', '<', before)
      return countOf(
        queries
          .deleteFrom('observed_spans')
          .where((eb) => eb(eb.refTuple('room_sid', 'from_at'), 'in', old.limit(ROWS).$asTuple('room_sid', 'from_at')))
          .executeTakeFirstOrThrow(),
      )
    },
    () => {
      const old = queries
        .selectFrom('speaking_intervals')
        .select(['participant_sid', 'from_at'])
        .where('from_at', '<', before)
        .where('to_at', '<', before)
      return countOf(
        queries
          .deleteFrom('speaking_intervals')
          .where((eb) => eb(eb.refTuple('participant_sid', 'from_at'), 'in', old.limit(ROWS).$asTuple('participant_sid', 'from_at')))
          .executeTakeFirstOrThrow(),
      )
    },
    () => {
      const old = queries.selectFrom('quality_changes').select(['participant_sid', 'at']).where('at', '<', before)
      return countOf(
        queries
          .deleteFrom('quality_changes')
          .where((eb) => eb(eb.refTuple('participant_sid', 'at'), 'in', old.limit(ROWS).$asTuple('participant_sid', 'at')))
          .executeTakeFirstOrThrow(),
      )
    },
    () => {
      const old = queries.selectFrom('participants').select(['room', 'identity']).where('status', '=', 'LEFT').where('left_at', '<', before)
      return countOf(
        queries
          .deleteFrom('participants')
          .where((eb) => eb(eb.refTuple('room', 'identity'), 'in', old.limit(ROWS).$asTuple('room', 'identity')))
          .executeTakeFirstOrThrow(),
      )
    },
    () => {
      const old = queries.selectFrom('notes').select('id').where('at', '<', before).limit(ROWS)
      return countOf(queries.deleteFrom('notes').where('id', 'in', old).executeTakeFirstOrThrow())
    },
    () => countOf(deletePeople(queries, before)),
  ]
  let deleted = 0
  for (const deleteSome of deletions) {
    for (let rows = await deleteSome(); rows > 0n; rows = await deleteSome()) {
      deleted += Number(rows)
      await nextTurn()
    }
  }
  return deleted
}

/** Whom nothing names any more; their words go along. */
function deletePeople(queries: Kysely<DatabaseSchema>, before: number) {
  const forgotten = queries
    .selectFrom('people')
    .select('people.id')
    .where('last_seen_at', '<', before)
    .where((eb) =>
      eb.not(
        eb.exists(eb.selectFrom('participants').select('participants.identity').whereRef('participants.identity', '=', 'people.identity')),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('participant_sessions')
            .select('participant_sessions.sid')
            .whereRef('participant_sessions.identity', '=', 'people.identity'),
        ),
      ),
    )
    .where((eb) => eb.not(eb.exists(eb.selectFrom('notes').select('notes.id').whereRef('notes.identity', '=', 'people.identity'))))
    .where((eb) => eb.not(eb.exists(eb.selectFrom('measures').select('measures.id').whereRef('measures.identity', '=', 'people.identity'))))
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('audit_targets').select('audit_targets.seq').whereRef('audit_targets.person_id', '=', 'people.id'))),
    )
    .limit(ROWS)
  return queries.deleteFrom('people').where('id', 'in', forgotten).executeTakeFirstOrThrow()
}

async function countOf(deletion: Promise<{ readonly numDeletedRows: bigint }>): Promise<bigint> {
  return (await deletion).numDeletedRows
}

type Options = {
  readonly queries: Kysely<DatabaseSchema>
  readonly describe: (error: unknown) => string
  /** How long records are kept, as it is set now. */
  readonly days: () => number
  readonly log: { readonly warn: (line: string) => void; readonly info: (line: string) => void }
  readonly now?: () => number
}

/** Deletes what is too old, now and every hour. */
export function keepRetention({ queries, describe, days, log, now = Date.now }: Options): { readonly close: () => Promise<void> } {
  const closing = new AbortController()
  const work = createSteadyWork({
    async work() {
      if (closing.signal.aborted) return
      const deleted = await deleteOld(queries, now() - days() * DAY_MS)
      if (deleted > 0) log.info(`${deleted} records older than ${days()} days were deleted`)
      work.soon(EVERY_MS)
    },
    onFailed: (why) => log.warn(`what is too old to be kept can't be deleted: ${describe(why)}`),
    onWorked: () => undefined,
  })
  work.soon(EVERY_MS / 60)
  return {
    close() {
      closing.abort()
      return work.close(CLOSE_MS)
    },
  }
}
