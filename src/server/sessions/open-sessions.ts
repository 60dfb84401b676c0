import type { HistorySink } from '#server/history/history-sink.ts'
import type { Metrics } from '#server/metrics/metrics.ts'
import type { Database } from '#server/records/database.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { ServiceHealth } from '#server/service-health.ts'
import { openHistoryWriter } from './history-writer.ts'
import { keepRetention } from './retention.ts'
import { openSessionWriter } from './session-writer.ts'

/** The records of who was in which room, of a running server. */
export type OpenSessions = {
  /** Takes what observers learn. */
  readonly sink: HistorySink
  /** Writes what waits, for some seconds at the most; after the observers, before the database. */
  readonly close: () => Promise<void>
}

type Options = {
  readonly records: Pick<Database, 'queries' | 'describe'>
  readonly rooms: LiveRooms
  readonly health: ServiceHealth
  /** How long records are kept, days. */
  readonly retentionDays: () => number
  readonly metrics: Pick<Metrics, 'watch'>
  readonly log: { readonly warn: (line: string) => void; readonly info: (line: string) => void }
}

/** Begins to record. What is recorded is compared with the rooms whenever these have been read from LiveKit. */
export function openSessions({ records, rooms, health, retentionDays, metrics, log: logger }: Options): OpenSessions {
  const { queries, describe } = records
  const log = { warn: (line: string) => logger.warn(line), info: (line: string) => logger.info(line) }
  const writer = openSessionWriter({ queries, describe, rooms, isTrusted: () => health.status().state === 'ok', log })
  const history = openHistoryWriter({ queries, describe, log })
  const retention = keepRetention({ queries, describe, days: retentionDays, log })
  const unsubscribe = health.changed.subscribe(({ state }) => state === 'ok' && writer.compare())
  metrics.watch({
    usher_record_events_waiting: writer.waiting,
    usher_record_failures_total: () => writer.failures() + history.failures(),
  })
  return {
    sink: history.sink,
    async close() {
      unsubscribe()
      await Promise.all([writer.close(), history.close(), retention.close()])
    },
  }
}

/** Where nothing is to be recorded. */
export const noSessions: OpenSessions = { sink: () => undefined, close: () => Promise.resolve() }
