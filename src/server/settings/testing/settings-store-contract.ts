import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import { createSettingsStore, type SettingsStore } from '../settings-store.ts'

const first = { value: '{"a":1}', expected: 0, at: 2 ** 45, by: 'ana' }

/** What holds for settings in any database. */
export function describeSettingsStore(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  describe(`settings in ${kind}`, () => {
    let database: Database
    let store: SettingsStore
    beforeEach(async () => {
      const opened = await openDatabase(await fresh())
      if (!opened.ok) throw new Error(opened.message)
      database = opened.value
      store = createSettingsStore(database.queries)
    })
    afterEach(() => database.close())

    it('are none at first, then what was stored last, a revision further each time', async () => {
      expect(await store.read('service')).toBeNull()
      expect(await store.replace('service', first)).toBe(1)
      expect(await store.read('service')).toEqual({ value: '{"a":1}', revision: 1, changedBy: 'ana' })
      expect(await store.replace('service', { ...first, value: '"ümlaut 👩‍🚀"', expected: 1, by: 'ben' })).toBe(2)
      expect(await store.read('service')).toEqual({ value: '"ümlaut 👩‍🚀"', revision: 2, changedBy: 'ben' })
    })

    it('say when they were changed', async () => {
      await store.replace('service', first)
      expect(await database.queries.selectFrom('service_settings').select('changed_at').execute()).toEqual([{ changed_at: 2 ** 45 }])
    })

    it.each([[0], [1], [3]])('stay as they are at revision 2 where revision %d is expected', async (expected) => {
      await store.replace('service', first)
      await store.replace('service', { ...first, expected: 1, by: 'ben' })
      expect(await store.replace('service', { ...first, expected, value: 'wrong' })).toBeNull()
      expect(await store.read('service')).toEqual({ value: '{"a":1}', revision: 2, changedBy: 'ben' })
    })

    it('are not made where a revision is expected', async () => {
      expect(await store.replace('service', { ...first, expected: 4 })).toBeNull()
      expect(await store.read('service')).toBeNull()
    })

    it.each([[0], [1]])('are changed by one of several at once, from revision %d', async (expected) => {
      if (expected === 1) await store.replace('service', first)
      const all = await Promise.all(['b', 'c', 'd'].map((value) => store.replace('service', { ...first, expected, value })))
      expect(all.filter((revision) => revision !== null)).toEqual([expected + 1])
      expect((await store.read('service'))?.revision).toBe(expected + 1)
    })

    it('of two keys are two', async () => {
      await store.replace('service', first)
      expect(await store.read('other')).toBeNull()
      expect(await store.replace('other', { ...first, value: '2' })).toBe(1)
      expect(await store.replace('other', { ...first, value: '3', expected: 1 })).toBe(2)
      expect(await store.read('service')).toMatchObject({ value: '{"a":1}', revision: 1 })
    })
  })
}
