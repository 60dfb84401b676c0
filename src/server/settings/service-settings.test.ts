import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultAttention, type AttentionSettings } from '#shared/domain/attention.ts'
import { defaultSettings, type ServiceSettings } from '#shared/contract/http-settings.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import { createBusNetwork, type BusNetwork } from '#server/redis/testing/bus-network.ts'
import { openServiceSettings, type SettingsBook } from './service-settings.ts'
import { createSettingsStore, type SettingsStore } from './settings-store.ts'

let database: Database
let store: SettingsStore
let network: BusNetwork
const books: SettingsBook[] = []
beforeEach(async () => {
  const opened = await openDatabase({ kind: 'memory' })
  if (!opened.ok) throw new Error(opened.message)
  database = opened.value
  store = createSettingsStore(database.queries)
  network = createBusNetwork()
})
afterEach(async () => {
  await Promise.all(books.splice(0).map((book) => book.close()))
  await database.close()
  vi.useRealTimers()
})

/** An instance on the one database, which can be taken away from it. */
async function open(instance = 'one') {
  const state = { away: false, slow: Promise.resolve() }
  const lines: string[] = []
  const heard: ServiceSettings[] = []
  const reach = <T>(work: () => Promise<T>) => (state.away ? Promise.reject(new Error('it is away')) : work())
  const reaching: SettingsStore = {
    async read(key) {
      const { slow } = state
      const stored = await reach(() => store.read(key))
      await slow
      return stored
    },
    replace: (key, replacement) => reach(() => store.replace(key, replacement)),
  }
  const bus = network.open(instance)
  const opened = await openServiceSettings({
    store: reaching,
    describe: (error) => `the database: ${error instanceof Error ? error.message : ''}`,
    bus,
    log: { warn: (line) => void lines.push(line) },
    now: () => 5,
  })
  if (!opened.ok) throw new Error(opened.message)
  const book = opened.value
  books.push(book)
  book.changed.subscribe((settings) => heard.push(settings))
  return { book, bus, state, lines, heard }
}

function aloneFor(seconds: number): AttentionSettings {
  return { ...defaultAttention, thresholds: { ...defaultAttention.thresholds, alone: { on: true, seconds } } }
}

describe('the settings of a service', () => {
  it('are the defaults at revision 0 until somebody changes them; then they stay, and are told once', async () => {
    const { book, heard } = await open()
    expect(book.current()).toEqual(defaultSettings)
    const changed = { ...defaultSettings, attention: aloneFor(7), revision: 1 }
    expect(await book.change({ attention: aloneFor(7) }, 'ana')).toEqual({ ok: true, value: changed })
    expect([book.current(), heard]).toEqual([changed, [changed]])
    expect((await open('two')).book.current()).toEqual(changed)
    expect(await database.queries.selectFrom('service_settings').select(['changed_at', 'changed_by']).execute()).toEqual([
      { changed_at: 5, changed_by: 'ana' },
    ])
  })

  it('change one by one, and what a newer version has stored beside them stays', async () => {
    await store.replace('service', { value: '{"later":7}', expected: 0, at: 1, by: 'ana' })
    const { book } = await open()
    await book.change({ enforcement: 'off' }, 'ana')
    expect(await book.change({ retentionDays: 30 }, 'ana')).toEqual({
      ok: true,
      value: { ...defaultSettings, enforcement: 'off', retentionDays: 30, revision: 3 },
    })
    expect(JSON.parse((await store.read('service'))?.value ?? '')).toMatchObject({ later: 7, enforcement: 'off', retentionDays: 30 })
  })

  it('stay as they are where a change says nothing', async () => {
    const { book, heard } = await open()
    expect(await book.change({}, 'ana')).toEqual({ ok: true, value: defaultSettings })
    expect(await book.change({ revision: 3 }, 'ana')).toMatchObject({ ok: false, code: 'conflict' })
    expect(heard).toEqual([])
  })

  it('are not changed by who has not seen the newest, and who asks then gets to know them', async () => {
    const [one, two] = [await open('one'), await open('two')]
    network.loses = () => true
    await one.book.change({ attention: aloneFor(7), revision: 0 }, 'ana')
    expect(await two.book.change({ attention: aloneFor(8), revision: 0 }, 'ben')).toEqual({
      ok: false,
      code: 'conflict',
      message: 'ana has changed the settings meanwhile: look at them again',
      detail: 'changed_meanwhile',
    })
    expect(two.book.current()).toEqual({ ...defaultSettings, attention: aloneFor(7), revision: 1 })
    expect(await two.book.change({ attention: aloneFor(8), revision: 1 }, 'ben')).toMatchObject({ ok: true, value: { revision: 2 } })
  })

  it('take every change that names no revision, one after the other, also of two instances at once', async () => {
    const [one, two] = [await open('one'), await open('two')]
    const all = await Promise.all(
      [1, 2, 3, 4].map((seconds) => (seconds % 2 ? one : two).book.change({ attention: aloneFor(seconds) }, 'ana')),
    )
    expect(new Set(all.map((each) => (each.ok ? each.value.revision : each.code)))).toEqual(new Set([1, 2, 3, 4]))
    await expect.poll(() => one.book.current()).toEqual({ ...two.book.current(), revision: 4 })
  })

  it('are known to the other instances at once', async () => {
    const [one, two] = [await open('one'), await open('two')]
    await one.book.change({ attention: aloneFor(7) }, 'ana')
    await expect.poll(() => two.heard).toEqual([{ ...defaultSettings, attention: aloneFor(7), revision: 1 }])
    expect(one.heard).toHaveLength(1)
  })

  it('are read again by who has joined the bus anew', async () => {
    const [one, two] = [await open('one'), await open('two')]
    network.loses = () => true
    await one.book.change({ attention: aloneFor(7) }, 'ana')
    expect(two.book.current().revision).toBe(0)
    two.bus.joined.emit()
    await expect.poll(() => two.book.current().revision).toBe(1)
  })

  it('are read again each minute, for the bus may lose a word', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const [one, two] = [await open('one'), await open('two')]
    network.loses = () => true
    await one.book.change({ attention: aloneFor(7) }, 'ana')
    vi.advanceTimersByTime(60_000)
    await expect.poll(() => two.book.current().revision).toBe(1)
  })

  it('are not taken back by a read that began before they were changed', async () => {
    const { book, bus, state, heard } = await open()
    let answer = () => undefined as void
    state.slow = new Promise((resolve) => (answer = resolve))
    bus.joined.emit()
    await Promise.resolve()
    state.slow = Promise.resolve()
    const changing = book.change({ attention: aloneFor(7) }, 'ana')
    // Turns enough for the change, if it did not wait.
    for (let turn = 0; turn < 20; turn += 1) await nextTurn()
    answer()
    await changing
    await book.change({}, 'ana')
    expect(heard).toEqual([{ ...defaultSettings, attention: aloneFor(7), revision: 1 }])
  })

  it('are those of a backup that was put back', async () => {
    const { book, bus } = await open()
    await book.change({ attention: aloneFor(7) }, 'ana')
    await database.queries.deleteFrom('service_settings').execute()
    bus.joined.emit()
    await expect.poll(() => book.current()).toEqual(defaultSettings)
  })

  it('hold while the database is away, and can’t be changed, which is one line', async () => {
    const { book, bus, state, heard } = await open()
    await book.change({ attention: aloneFor(7) }, 'ana')
    state.away = true
    bus.joined.emit()
    expect(await book.change({ attention: aloneFor(8) }, 'ana')).toEqual({
      ok: false,
      code: 'unavailable',
      message: 'the database: it is away',
    })
    expect([book.current(), heard.length]).toEqual([{ ...defaultSettings, attention: aloneFor(7), revision: 1 }, 1])
    state.away = false
    expect(await book.change({ attention: aloneFor(8), revision: 1 }, 'ana')).toMatchObject({ ok: true })
  })

  it('are the defaults where they can’t be read, which is told once, until an admin saves them anew', async () => {
    await store.replace('service', { value: '{"attention":{"patterns":7}}', expected: 0, at: 1, by: 'ana' })
    const { book, bus, lines } = await open()
    expect(book.current()).toEqual({ ...defaultSettings, revision: 1 })
    bus.joined.emit()
    expect(await book.change({ attention: aloneFor(8), revision: 1 }, 'ana')).toMatchObject({ ok: true, value: { revision: 2 } })
    expect(lines).toEqual([
      expect.stringMatching(/^the stored settings can't be read \(attention\.patterns: [^\n]+\): the defaults hold until /),
    ])
    expect((await open('two')).lines).toEqual([])
  })

  it('are asked for at the start, which fails with one line where the database is away', async () => {
    const away: SettingsStore = { ...store, read: () => Promise.reject(new Error('no')) }
    const opened = await openServiceSettings({
      store: away,
      describe: () => 'one line',
      bus: network.open('x'),
      log: { warn: () => undefined },
    })
    expect(opened).toEqual({ ok: false, code: 'unavailable', message: 'one line' })
  })
})
