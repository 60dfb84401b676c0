import { MEMORY_MS, type RoomRecord } from './room-model.ts'

/** Records by name: of live rooms, and of ended ones for as long as what they remember is of use. */
export type RecordBook = {
  readonly get: (name: string) => RoomRecord | undefined
  readonly keep: (record: RoomRecord) => void
  readonly values: () => IterableIterator<RoomRecord>
  /** Lets go of what is of no use any more; `keep` does too. */
  readonly forget: () => void
}

/** `now` in ms. */
export function createRecordBook(records: Iterable<RoomRecord> = [], now: () => number = Date.now): RecordBook {
  const byName = new Map<string, RoomRecord>()
  // In the order in which they ended, so that what is to be forgotten is in front.
  const endedAt = new Map<string, number>()

  function forgetOld(): void {
    for (const [name, at] of endedAt) {
      if (at > now() - MEMORY_MS) return
      endedAt.delete(name)
      byName.delete(name)
    }
  }

  function keep(record: RoomRecord): void {
    byName.set(record.name, record)
    endedAt.delete(record.name)
    if (!record.room) endedAt.set(record.name, now())
    forgetOld()
  }

  for (const record of records) keep(record)
  return { get: (name) => byName.get(name), keep, values: () => byName.values(), forget: forgetOld }
}
