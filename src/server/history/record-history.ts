import type { RoomObserver } from '#server/observers/room-observer.ts'
import type { HistorySink } from './history-sink.ts'
import { createVisitRecord } from './visit-record.ts'

type Options = {
  readonly observer: RoomObserver
  readonly sink: HistorySink
  readonly now?: () => number
}

/** The same observer, and the sink is told what it sees: who spoke when, how connections fared, and when the room was observed (S2.6, X4). */
export function recordHistory({ observer, sink, now = Date.now }: Options): RoomObserver {
  return (target, tell) => {
    const record = createVisitRecord(target, sink)
    const leave = observer(target, (sighting) => {
      record.hear(sighting, now())
      tell(sighting)
    })
    return () => {
      leave()
      record.end(now())
    }
  }
}
