import { describe, expect, it } from 'vitest'
import { createFeedLog } from './feed-log.ts'
import type { FeedDraft } from './feed-draft.ts'
import { LOG_AGE_MS, LOG_LENGTH } from './room-store.ts'

const event = (id: number, detail = ''): FeedDraft => ({
  type: 'budget_warning',
  timestamp: id,
  data: { id: String(id), cause: 'server', detail },
})
const ids = (read: readonly { readonly id: number }[] | null) => read?.map(({ id }) => id) ?? null

describe('S4.2 the feed kept in memory', () => {
  it('is read after any id, also one that told nothing', () => {
    const log = createFeedLog(() => 0)
    for (const id of [3, 5, 9]) log.append(id, event(id))
    expect([0, 3, 4, 5, 9, 12].map((after) => ids(log.read(after, 2)))).toEqual([[3, 5], [5, 9], [5, 9], [9], [], []])
    expect(log.read(4, 1)).toEqual([{ id: 5, event: event(5) }])
  })

  it('keeps an hour', () => {
    let now = 0
    const log = createFeedLog(() => now)
    for (let id = 1; id <= 3; id += 1) {
      now = id
      log.append(id, event(id))
    }
    now = LOG_AGE_MS + 2
    expect(ids(log.read(0, 9))).toBeNull()
    expect(ids(log.read(1, 9))).toEqual([2, 3])
  })

  it('keeps at most 100,000 events, and no more text than it may', () => {
    const log = createFeedLog(() => 0)
    for (let id = 1; id <= LOG_LENGTH + 5; id += 1) log.append(id, event(id))
    expect(log.read(4, 1)).toBeNull()
    expect(ids(log.read(5, 1))).toEqual([6])
    const small = createFeedLog(() => 0, 10_000)
    for (let id = 1; id <= 100; id += 1) small.append(id, event(id, 'x'.repeat(1000)))
    expect(small.read(0, 1)).toBeNull()
    expect(ids(small.read(95, 9))).toEqual([96, 97, 98, 99, 100])
  })
})
