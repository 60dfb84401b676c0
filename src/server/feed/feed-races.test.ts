import { describe, expect, it } from 'vitest'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import type { FeedPage } from '#server/rooms/room-store.ts'
import { createFeedFilter } from './feed-filter.ts'
import { createFeed } from './feed.ts'

const everything = createFeedFilter(undefined, undefined)
const event = (cursor: string): FeedEvent => ({ type: 'budget_warning', timestamp: 1, data: { id: cursor, cursor, cause: 'server' } })

/** An instance whose log and whose reads of the store go as the test says. */
function lab(start: string) {
  const [told, lost] = [new Emitter<FeedEvent>(), new Emitter<void>()]
  const reads: { cursor: string; answer: (page: FeedPage) => void }[] = []
  const heard: string[] = []
  let cursor = start
  const feed = createFeed({
    told,
    lost,
    cursor: () => cursor,
    readFeed: (from) => new Promise((answer) => reads.push({ cursor: from, answer })),
  })
  const listener = { name: 'listener' }
  const subscriptions = feed.open<typeof listener>({
    send: ({ data }) => void heard.push(data.cursor),
    ready: () => true,
    reset: (_listener, at) => void heard.push(`reset ${at}`),
    failed: (_listener, { code }) => void heard.push(code),
  })
  return {
    heard,
    reads,
    subscribe: (from?: string) => subscriptions.subscribe(listener, everything, from),
    position: () => subscriptions.position(listener),
    tell: (at: string) => {
      cursor = at
      told.emit(event(at))
    },
    /** The log moved on with something that is not for the feed. */
    move: (at: string) => void (cursor = at),
    lose: (at: string) => {
      cursor = at
      lost.emit()
    },
    answer: async (next: FeedPage): Promise<void> => {
      await expect.poll(() => reads.length).toBeGreaterThan(0)
      reads.shift()?.answer(next)
      // A page is sent on the turn after.
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    },
  }
}
const page = (cursor: string, ...cursors: string[]): FeedPage => ({ kind: 'entries', entries: cursors.map(event), cursor })

describe('S4.2 the feed, where an instance and the store are not at the same place', () => {
  it('what was read beyond what this instance has heard is not told again when it hears it', async () => {
    const { heard, subscribe, answer, tell, position } = lab('e-1')
    void subscribe('e-0')
    await answer(page('e-3', 'e-1', 'e-2', 'e-3'))
    for (const at of ['e-2', 'e-3', 'e-4']) tell(at)
    expect(heard).toEqual(['e-1', 'e-2', 'e-3', 'e-4'])
    expect(position()).toBe('e-4')
  })

  it('what this instance hears while a page is read is told after the page, once', async () => {
    const { heard, subscribe, answer, tell } = lab('e-1')
    void subscribe('e-0')
    for (const at of ['e-2', 'e-3']) tell(at)
    await answer(page('e-2', 'e-1', 'e-2'))
    tell('e-4')
    expect(heard).toEqual(['e-1', 'e-2', 'e-3', 'e-4'])
  })

  it('a filter or entries that tell nothing do not keep it from going live', async () => {
    const { heard, subscribe, answer, tell, move } = lab('e-1')
    void subscribe('e-0')
    move('e-9')
    await answer(page('e-5', 'e-1'))
    tell('e-10')
    expect(heard).toEqual(['e-1', 'e-10'])
  })

  it('goes on with the new life of a store that this instance has not heard of yet', async () => {
    const { heard, subscribe, answer, tell, lose } = lab('old-5')
    void subscribe('new-7')
    await answer(page('new-8', 'new-8'))
    await answer(page('new-8'))
    tell('old-6')
    lose('new-9')
    await answer(page('new-9', 'new-9'))
    tell('new-10')
    expect(heard).toEqual(['new-8', 'new-9', 'new-10'])
  })

  it('a page that was read before a loss does not make it deaf to the new life', async () => {
    const { heard, reads, subscribe, answer, tell, lose } = lab('old-5')
    void subscribe('old-3')
    await expect.poll(() => reads.length).toBe(1)
    lose('new-0')
    await answer(page('old-3'))
    tell('new-1')
    expect(heard).toEqual(['reset new-0', 'new-1'])
  })

  it('who listens when the store is lost is told, also if the log had only fallen behind', async () => {
    const { heard, subscribe, answer, tell, lose } = lab('e-1')
    await subscribe()
    tell('e-2')
    lose('e-900')
    await answer({ kind: 'gone' })
    tell('e-901')
    expect(heard).toEqual(['e-2', 'reset e-900', 'e-901'])
  })

  it('a log with a hole is told as a reset, not read for ever', async () => {
    const { heard, subscribe, answer, tell } = lab('e-5')
    void subscribe('e-1')
    await answer(page('e-1'))
    tell('e-6')
    expect(heard).toEqual(['reset e-5', 'e-6'])
  })

  it('ends a subscription that can not read on', async () => {
    const { heard, subscribe, answer, tell, position } = lab('e-5')
    void subscribe('e-1')
    await answer(page('e-3', 'e-2', 'e-3'))
    await answer({ kind: 'unavailable', why: 'away' })
    tell('e-6')
    expect(heard).toEqual(['e-2', 'e-3', 'unavailable'])
    expect(position()).toBeNull()
  })

  it('a subscription that was replaced while it was read for tells nothing', async () => {
    const { heard, subscribe, answer, tell } = lab('e-5')
    void subscribe('e-1')
    await subscribe()
    await answer(page('e-5', 'e-2', 'e-3'))
    tell('e-6')
    expect(heard).toEqual(['e-6'])
  })
})
