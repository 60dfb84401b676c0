import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { ConnectionQuality } from '#shared/domain/presence.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import type { HistoryFact, HistorySink } from '#server/history/history-sink.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { storeFacts } from './history-store.ts'
import { createSteadyWork } from './steady-work.ts'

/** How many facts are written at a time: SQLite works in this process. */
const BATCH_SIZE = 50
/** How long facts are gathered, ms. What lasts is told again every 10 s. */
const GATHER_MS = 2000
/** How many facts wait at the most while the database is away; the oldest are lost. */
const MOST_WAITING = 50_000
/** Of how many stays it is remembered how their connection was last. */
const MOST_REMEMBERED = 20_000
const CLOSE_MS = 3000

/** Writes what observers learn into the database (S2.6, X4). */
export type HistoryWriter = {
  readonly sink: HistorySink
  /** Writes what was told by now; rejects where it can't. */
  readonly writeNow: () => Promise<void>
  readonly failures: () => number
  /** Writes what waits, for 3 s at the most. After the observers. */
  readonly close: () => Promise<void>
}

type Options = {
  readonly queries: Kysely<DatabaseSchema>
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
  readonly log: { readonly warn: (line: string) => void; readonly info: (line: string) => void }
  readonly gatherMs?: number
  readonly mostWaiting?: number
}

export function openHistoryWriter({ queries, describe, log, gatherMs = GATHER_MS, mostWaiting = MOST_WAITING }: Options): HistoryWriter {
  // By what they are stored by, so that of what is told again only the last is written.
  const waiting = new Map<string, HistoryFact>()
  const qualities = new Map<string, ConnectionQuality>()

  const work = createSteadyWork({
    work: write,
    onFailed: (why) => log.warn(`who spoke when can't be recorded, and waits: ${describe(why)}`),
    onWorked: () => log.info('who spoke when is recorded again'),
  })

  async function write(): Promise<void> {
    while (waiting.size > 0) {
      const entries = first(waiting, BATCH_SIZE)
      await storeFacts(
        queries,
        entries.map(([, fact]) => fact),
      )
      // What was told again meanwhile has another value now, and is written next.
      for (const [key, fact] of entries) if (waiting.get(key) === fact) waiting.delete(key)
      await nextTurn()
    }
  }

  /** A change that is none: an observer that comes tells of everybody, also what it was. */
  function isKnown(sid: string, quality: ConnectionQuality): boolean {
    if ((qualities.get(sid) ?? 'unknown') === quality) return true
    qualities.delete(sid)
    qualities.set(sid, quality)
    const [oldest] = qualities.keys()
    if (qualities.size > MOST_REMEMBERED && oldest !== undefined) qualities.delete(oldest)
    return false
  }

  return {
    sink(fact) {
      if (fact.kind === 'quality_changed' && isKnown(fact.participant.sid, fact.quality)) return
      const key = keyOf(fact)
      waiting.set(key, joined(waiting.get(key), fact))
      const [oldest] = waiting.keys()
      if (waiting.size > mostWaiting && oldest !== undefined) waiting.delete(oldest)
      work.soon(gatherMs)
    },
    writeNow: work.now,
    failures: work.failures,
    close: () => work.close(CLOSE_MS),
  }
}

function first<K, V>(map: ReadonlyMap<K, V>, count: number): [K, V][] {
  const entries: [K, V][] = []
  for (const entry of map) {
    if (entries.length === count) break
    entries.push(entry)
  }
  return entries
}

/** Of two tellings the later, and the loudest of both. */
function joined(before: HistoryFact | undefined, fact: HistoryFact): HistoryFact {
  if (fact.kind === 'spoke' && before?.kind === 'spoke')
    return { ...fact, to: Math.max(fact.to, before.to), peak: Math.max(fact.peak, before.peak) }
  if (fact.kind === 'observed' && before?.kind === 'observed') return { ...fact, to: Math.max(fact.to, before.to) }
  return fact
}

function keyOf(fact: HistoryFact): string {
  switch (fact.kind) {
    case 'observed':
      return `o ${fact.room.sid} ${fact.from}`
    case 'spoke':
      return `s ${fact.participant.sid} ${fact.from}`
    case 'quality_changed':
      return `q ${fact.participant.sid} ${fact.at}`
    default:
      return assertNever(fact, 'fact')
  }
}
