import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import type { MeasuresQuery } from '#shared/contract/http-measures.ts'
import type { Measure } from '#shared/domain/measure.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import { createDebtStore } from '../debt-store.ts'
import { createMeasureStore, type MeasureStore } from '../measure-store.ts'

const version = { revision: 1, at: 2 ** 42, by: 'kim', until: null, reason: 'spam' }
const ban: Measure = { id: 'M1', kind: 'ban', scope: 'all', identity: 'ana', ...version, changes: [version] }
const lock: Measure = {
  ...{ ...ban, id: 'M2', kind: 'lock', scope: 'room', room: 'a "room" 👩‍🚀', identity: undefined, at: version.at + 1 },
  ...{ sources: ['camera'], except: { identities: ['bo'], roles: ['HOST'] }, until: version.at + 1000 },
}

/** What holds for measures in any database. */
export function describeMeasureStore(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  describe(`D3 X1 measures in ${kind}`, () => {
    let database: Database
    let store: MeasureStore
    beforeEach(async () => {
      const opened = await openDatabase(await fresh())
      if (!opened.ok) throw new Error(opened.message)
      database = opened.value
      store = createMeasureStore(database.queries)
    })
    afterEach(() => database.close())

    const ids = async (query: MeasuresQuery, now = version.at + 10) => (await store.list(query, now)).map(({ id }) => id)

    it('are read as they were imposed', async () => {
      for (const measure of [ban, lock]) {
        await store.insert(measure)
        expect(await store.get(measure.id)).toEqual(JSON.parse(JSON.stringify(measure)))
      }
      expect(await store.get('M3')).toBeNull()
    })

    it('change by one revision, which keeps every version, and only from the newest', async () => {
      await store.insert(ban)
      const changed = await store.change('M1', 1, { until: 99, reason: 'less', by: 'lee', at: version.at + 5 })
      expect(changed).toMatchObject({ revision: 2, until: 99, reason: 'less', by: 'kim', at: version.at })
      expect(changed?.changes).toEqual([version, { revision: 2, at: version.at + 5, by: 'lee', until: 99, reason: 'less' }])
      expect(await store.get('M1')).toEqual(changed)
      expect(await store.change('M1', 1, { until: 1, reason: 'late', by: 'mo', at: 1 })).toBeNull()
      expect(await store.change('M9', 1, { until: 1, reason: 'none', by: 'mo', at: 1 })).toBeNull()
      expect(await store.get('M1')).toEqual(changed)
    })

    it('are changed by one of several at once', async () => {
      await store.insert(ban)
      const all = await Promise.all(['a', 'b', 'c'].map((by) => store.change('M1', 1, { until: 5, reason: by, by, at: 1 })))
      expect(all.filter((each) => each !== null)).toHaveLength(1)
      expect((await store.get('M1'))?.revision).toBe(2)
    })

    it('are lifted once, also while others change them, and change no more', async () => {
      await store.insert(ban)
      const [lifted, again] = await Promise.all([
        store.lift('M1', 7, 'lee'),
        store.lift('M1', 8, 'mo'),
        store.change('M1', 1, { reason: 'x', by: 'x', at: 1 }),
      ])
      expect([lifted, again].filter((each) => each !== null)).toHaveLength(1)
      const stored = await store.get('M1')
      expect(stored?.liftedAt).toBeTypeOf('number')
      expect(await store.change('M1', stored?.revision ?? 0, { until: 5, reason: 'late', by: 'mo', at: 1 })).toBeNull()
      expect(await store.lift('M1', 9, 'mo')).toBeNull()
      expect(await store.lift('M9', 9, 'mo')).toBeNull()
    })

    it('are listed newest first: in force or not, of a person, and of a room with what is everywhere', async () => {
      const gone: Measure = { ...ban, id: 'M0', identity: 'bo', scope: 'room', room: 'other', at: 1, until: 5 }
      const lifted: Measure = { ...ban, id: 'M4', at: 2, liftedAt: 3, liftedBy: 'kim' }
      for (const measure of [ban, gone, lock, lifted]) await store.insert(measure)
      expect(await ids({})).toEqual(['M2', 'M1', 'M4', 'M0'])
      expect(await ids({ active: 'true' })).toEqual(['M2', 'M1'])
      expect(await ids({ active: 'false' })).toEqual(['M4', 'M0'])
      expect(await ids({ active: 'true' }, version.at + 1000)).toEqual(['M1'])
      expect(await ids({ identity: 'ana' })).toEqual(['M1', 'M4'])
      expect(await ids({ room: 'other' })).toEqual(['M1', 'M4', 'M0'])
      expect(await ids({ room: lock.room, active: 'true' })).toEqual(['M2', 'M1'])
      expect((await store.inForce(version.at + 10)).map(({ id }) => id)).toEqual(['M2', 'M1'])
      expect([...(await store.revisions(version.at + 10))]).toEqual([
        ['M2', 1],
        ['M1', 1],
      ])
      expect((await store.getAll(['M4', 'M0', 'M7'])).map(({ id }) => id).toSorted()).toEqual(['M0', 'M4'])
    })

    it('that a newer version made of a kind unknown here are left out', async () => {
      await store.insert(ban)
      await database.queries.updateTable('measures').set({ kind: 'exile' }).execute()
      expect([await store.get('M1'), await store.inForce(1), await ids({})]).toEqual([null, [], []])
    })

    it('owe people what they took, of each stay the newest word', async () => {
      const debts = createDebtStore(database.queries)
      const stay = { sid: 'PA_1', room: 'lobby', identity: 'ana' }
      expect(await debts.of('PA_1')).toBeNull()
      await debts.write(stay, { sources: ['camera'], hadAll: true }, 5)
      await debts.write(stay, { sources: ['camera', 'microphone'], hadAll: true }, 6)
      await debts.write({ ...stay, sid: 'PA_2', identity: 'bo' }, { sources: ['camera'], hadAll: false }, 7)
      expect(await debts.of('PA_1')).toEqual({ sources: ['camera', 'microphone'], hadAll: true })
      expect(await debts.list({ room: 'lobby', identity: 'ana' })).toEqual([
        { ...stay, sources: ['camera', 'microphone'], hadAll: true, at: 6 },
      ])
      expect((await debts.list({ room: 'lobby' })).map(({ sid }) => sid)).toEqual(['PA_1', 'PA_2'])
      await debts.write(stay, null, 8)
      expect([await debts.of('PA_1'), (await debts.list()).length]).toEqual([null, 1])
    })
  })
}
