import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Measure } from '#shared/domain/measure.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import { openMeasureBook, type OwnMeasureBook } from './measure-book.ts'
import { createMeasureStore, type MeasureStore } from './measure-store.ts'

let database: Database
let store: MeasureStore
let told: Emitter<FeedEvent>
let lost: Emitter<void>
let joined: Emitter<void>
let isAway: boolean
const books: OwnMeasureBook[] = []
beforeEach(async () => {
  const opened = await openDatabase({ kind: 'memory' })
  if (!opened.ok) throw new Error(opened.message)
  database = opened.value
  store = createMeasureStore(database.queries)
  ;[told, lost, joined, isAway] = [new Emitter(), new Emitter(), new Emitter(), false]
})
afterEach(async () => {
  await Promise.all(books.splice(0).map((book) => book.close()))
  await database.close()
  vi.useRealTimers()
})

const ban = (id: string, change: Partial<Measure> = {}): Measure => ({
  ...{ id, kind: 'ban', scope: 'room', room: 'lobby', identity: id, until: null, reason: 'spam', by: 'kim', at: 1, revision: 1 },
  ...change,
})

async function open({ reloadMs = 3_600_000, enforcement = 'on' as const, roles = new Map<string, string>() } = {}) {
  const lines: string[] = []
  const reach = <T>(work: () => Promise<T>) => (isAway ? Promise.reject(new Error('it is away')) : work())
  const opened = await openMeasureBook({
    store: {
      inForce: (now) => reach(() => store.inForce(now)),
      revisions: (now) => reach(() => store.revisions(now)),
      get: (id) => reach(() => store.get(id)),
      getAll: (ids) => reach(() => store.getAll(ids)),
    },
    describe: (error) => (error instanceof Error ? error.message : ''),
    rooms: { told, lost },
    bus: { joined },
    roles: { roleOf: (_room, identity) => roles.get(identity) ?? 'VIEWER', known: () => Promise.resolve() },
    enforcement: () => enforcement,
    log: { warn: (line) => void lines.push(line) },
    reloadMs,
  })
  if (!opened.ok) throw new Error(opened.message)
  books.push(opened.value)
  return { book: opened.value, lines }
}

function tell(type: FeedEvent['type'], measureId: string): void {
  told.emit({ type, timestamp: 1, data: { id: 'x', cursor: '1-1', cause: 'action', measureId } })
}

describe('X1 the book of what is in force', () => {
  it('knows all of it before it is open, and fails with one line where it can’t be read', async () => {
    await store.insert(ban('ana'))
    await store.insert(ban('bo', { liftedAt: 5, liftedBy: 'kim' }))
    await store.insert(ban('cy', { until: 7 }))
    const { book } = await open()
    expect(book.inForce().map(({ id }) => id)).toEqual(['ana'])
    isAway = true
    await expect(open()).rejects.toThrow('it is away')
  })

  it('answers for a person in a room: theirs, those for everybody, here and everywhere', async () => {
    await store.insert(ban('ana', { scope: 'all' }))
    await store.insert(ban('L', { kind: 'lock', sources: ['camera'], except: { roles: ['HOST'] } }))
    await database.queries.updateTable('measures').set({ identity: null }).where('id', '=', 'L').execute()
    const { book } = await open({ roles: new Map([['cy', 'HOST']]) })
    const says = (who: string, room: string) => [book.check(who, room).banned, ...book.check(who, room).deniedSources]
    expect([says('ana', 'lobby'), says('ana', 'other'), says('bo', 'lobby'), says('bo', 'other'), says('cy', 'lobby')]).toEqual([
      [true, 'camera'],
      [true],
      [false, 'camera'],
      [false],
      [false],
    ])
    expect([book.ofRoom('lobby').length, book.ofRoom('other').length]).toEqual([2, 1])
    expect(book.ofRoom('lobby').some((measure) => 'changes' in measure)).toBe(false)
  })

  it('learns what the log tells, by the id alone, and keeps the newest of what comes in any order', async () => {
    const { book } = await open()
    const changed: string[] = []
    book.changed.subscribe(({ id, revision }) => changed.push(`${id} ${revision}`))
    await store.insert(ban('ana'))
    tell('measure_imposed', 'ana')
    tell('measure_imposed', 'unknown')
    await expect.poll(() => book.count()).toBe(1)
    const lifted = await store.lift('ana', 5, 'kim')
    if (!lifted) throw new Error('not lifted')
    book.keep(lifted)
    book.keep(ban('ana'))
    tell('measure_lifted', 'ana')
    expect([book.count(), changed]).toEqual([0, ['ana 1', 'ana 2']])
  })

  it('what is told while it is read for the first time is not missed, and an older reading does not undo it', async () => {
    await store.insert(ban('old'))
    const read = store.inForce
    const slow: MeasureStore = {
      ...store,
      async inForce(now) {
        const found = await read(now)
        await store.insert(ban('ana'))
        tell('measure_imposed', 'ana')
        await store.lift('old', 5, 'kim')
        tell('measure_lifted', 'old')
        // Both were looked up before this reading is over.
        await store.get('ana')
        await new Promise((resolve) => setImmediate(resolve))
        return found
      },
    }
    store = slow
    const { book } = await open()
    await expect.poll(() => book.inForce().map(({ id }) => id)).toEqual(['ana'])
  })

  it.each(['joined the bus anew', 'lost the log', 'nothing heard for a while'])(
    'compares with the database when it has %s',
    async (when) => {
      await store.insert(ban('gone'))
      await store.insert(ban('changed'))
      const { book } = await open(when.startsWith('nothing') ? { reloadMs: 5 } : {})
      await store.insert(ban('new'))
      await store.change('changed', 1, { until: Date.now() + 9000, reason: 'x', by: 'lee', at: 2 })
      await database.queries.deleteFrom('measures').where('id', '=', 'gone').execute()
      if (when.startsWith('joined')) joined.emit()
      if (when.startsWith('lost')) lost.emit()
      await expect
        .poll(() =>
          book
            .inForce()
            .map(({ id, revision }) => `${id} ${revision}`)
            .toSorted(),
        )
        .toEqual(['changed 2', 'new 1'])
    },
  )

  it('what was imposed while it compares stays', async () => {
    const { book } = await open()
    const comparing = book.reload()
    book.keep(ban('ana'))
    await comparing
    expect(book.check('ana', 'lobby').banned).toBe(true)
  })

  it('while the database is away what is known stays in force, which is one line, and one when it is back', async () => {
    await store.insert(ban('ana'))
    const { book, lines } = await open()
    isAway = true
    await book.reload()
    await book.reload()
    tell('measure_imposed', 'bo')
    expect(book.check('ana', 'lobby').banned).toBe(true)
    isAway = false
    await book.reload()
    expect(lines).toEqual([expect.stringContaining('it is away'), 'the measures can be read again'])
  })

  it('lets each run out at its time, one after the other, also far ahead', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const now = Date.now()
    const days = 24 * 3_600_000
    for (const [id, ms] of [
      ['a', 1000],
      ['b', 40 * days],
      ['c', 2000],
    ] as const)
      await store.insert(ban(id, { until: now + ms }))
    const { book } = await open()
    const over: string[] = []
    book.changed.subscribe(({ id }) => over.push(id))
    for (const [ms, expected] of [
      [1000, ['a']],
      [1000, ['a', 'c']],
      [39 * days, ['a', 'c']],
      [days, ['a', 'c', 'b']],
    ] as const) {
      await vi.advanceTimersByTimeAsync(ms)
      expect(over).toEqual(expected)
    }
    expect(book.count()).toBe(0)
  })

  it('says nothing of anybody while measures are not enforced', async () => {
    await store.insert(ban('ana'))
    for (const enforcement of ['off', 'dry-run'] as const) {
      const opened = await openMeasureBook({
        ...{
          store,
          describe: String,
          rooms: { told, lost },
          bus: { joined },
          log: { warn: () => undefined },
          enforcement: () => enforcement,
        },
        roles: { roleOf: () => 'VIEWER', known: () => Promise.resolve() },
      })
      if (!opened.ok) throw new Error(opened.message)
      books.push(opened.value)
      expect([opened.value.check('ana', 'lobby').banned, opened.value.count()]).toEqual([false, 1])
    }
  })

  it('answers in microseconds among 10,000', async () => {
    const { book } = await open()
    for (let count = 0; count < 10_000; count += 1) book.keep(ban(`p${count}`, { scope: count % 2 ? 'all' : 'room' }))
    const from = performance.now()
    for (let count = 0; count < 10_000; count += 1) book.check(`p${count}`, 'lobby')
    // 20 us each, on a busy machine.
    expect(performance.now() - from).toBeLessThan(200)
    expect(book.check('p7', 'lobby').banned).toBe(true)
  })
})
