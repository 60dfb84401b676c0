import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import type { Measure } from '#shared/domain/measure.ts'
import type { Operator } from '#shared/domain/operator.ts'
import { by, course, createScene, kim, type Instance, type Scene } from './scene.ts'

const lee: Operator = { name: 'lee', role: 'moderator' }
const sam: Operator = { name: 'sam', role: 'support' }
const later = () => Date.now() + 60_000

/** What holds for imposing, changing and lifting measures, with any database. */
export function describeMeasureDesk(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  describe(`D3 the measure desk on ${kind}`, () => {
    let scene: Scene
    let one: Instance
    beforeEach(async () => {
      scene = await createScene(await fresh())
      one = await scene.open()
    })
    afterEach(() => scene.close())

    const edit = (measure: Measure, operator: Operator, change: { readonly revision?: number; readonly until?: number | null }) =>
      one.measures.desk.edit(
        { id: measure.id, revision: measure.revision, reason: 'thought again', ...change },
        operator,
        by(operator.name),
      )
    const types = () => one.told.map(({ type }) => type).filter((type) => type.startsWith('measure'))

    it('imposing is stored, then told with who, why and which, then done', async () => {
      await one.join('lobby', 'ana')
      const order: string[] = []
      scene.livekit.answer = async () => {
        order.push(`asked of LiveKit when ${(await one.measures.list({})).ok ? 'stored' : ''} and ${types().join()}`)
        return null
      }
      const action = by('lee', 'spam')
      const wanted = { kind: 'ban', scope: 'room', room: 'lobby', identity: 'ana', until: null, reason: 'spam' } as const
      const imposed = await one.measures.desk.impose(wanted, action, course)
      await one.quiet()
      if (!imposed.ok) throw new Error(imposed.message)
      const { measure, targets } = imposed.value
      expect(targets).toEqual([{ identity: 'ana', ok: true }])
      expect(order).toHaveLength(1)
      expect(await one.measures.list({ active: 'true' })).toMatchObject({ ok: true, value: [{ ...wanted, by: 'lee', revision: 1 }] })
      const told = one.told.find(({ type }) => type === 'measure_imposed')
      expect(told?.data).toMatchObject({
        operator: 'lee',
        actionId: action.actionId,
        reason: 'spam',
        measureId: measure.id,
        room: { name: 'lobby' },
        participant: { identity: 'ana' },
      })
      const removed = one.told.find(({ type }) => type === 'participant_removed')
      expect(removed?.data).toMatchObject({ operator: 'lee', actionId: action.actionId })
      expect(one.told.map(({ type }) => type).indexOf('measure_imposed')).toBeLessThan(
        one.told.map(({ type }) => type).indexOf('participant_removed'),
      )
    })

    it('a measure for all rooms is told without a room; one that is over before it begins is refused', async () => {
      await one.impose({ kind: 'ban', identity: 'ana', scope: 'all' })
      await one.quiet()
      expect(one.told.find(({ type }) => type === 'measure_imposed')?.data.room).toBeUndefined()
      const wanted = { kind: 'ban', scope: 'all', identity: 'ana', until: Date.now() - 1, reason: 'x' } as const
      expect(await one.measures.desk.impose(wanted, by(), course)).toMatchObject({ ok: false, code: 'invalid' })
    })

    it('nothing is done where it can’t be stored', async () => {
      await one.join('lobby', 'ana')
      await scene.database.queries.schema.dropTable('measures').execute()
      const wanted = { kind: 'ban', scope: 'all', identity: 'ana', until: null, reason: 'x' } as const
      expect(await one.measures.desk.impose(wanted, by(), course)).toMatchObject({ ok: false, code: 'unavailable' })
      expect([scene.livekit.asked, types()]).toEqual([[], []])
    })

    it('of two operators who change the same, the second sees who was quicker', async () => {
      const ban = await one.impose({ kind: 'ban', identity: 'ana' })
      const until = later()
      expect(await edit(ban, kim, { until })).toMatchObject({
        ok: true,
        value: {
          revision: 2,
          until,
          changes: [
            { by: 'kim', until: null },
            { by: 'kim', until },
          ],
        },
      })
      expect(await edit(ban, lee, { until: until + 1 })).toEqual({
        ok: false,
        code: 'conflict',
        detail: 'changed_meanwhile',
        message: 'kim has changed it meanwhile: look at it again',
      })
      expect(one.measures.book.check('ana', 'lobby').until).toBe(until)
      await one.quiet()
      expect(types()).toEqual(['measure_imposed', 'measure_changed'])
    })

    it('nothing is changed to a time that is over already: that would lift it, and nobody would be said to have', async () => {
      const ban = await one.impose({ kind: 'ban', identity: 'ana' })
      expect(await edit(ban, kim, { until: Date.now() - 1 })).toMatchObject({ ok: false, code: 'invalid' })
      expect(one.measures.book.check('ana', 'lobby').banned).toBe(true)
    })

    it('lifting is told and frees; lifting or changing what is over is a conflict that says who lifted it', async () => {
      const ban = await one.impose({ kind: 'ban', identity: 'ana' })
      expect(await one.measures.desk.lift(ban.id, lee, by('lee'))).toMatchObject({
        ok: true,
        value: { measure: { liftedBy: 'lee', revision: 2 } },
      })
      expect(one.measures.book.check('ana', 'lobby').banned).toBe(false)
      const over = { ok: false, code: 'conflict', message: 'lee has lifted it already' }
      expect(await one.measures.desk.lift(ban.id, kim, by())).toMatchObject(over)
      expect(await edit(ban, kim, { until: null })).toMatchObject(over)
      expect(await one.measures.desk.lift('nothing', kim, by())).toMatchObject({ ok: false, code: 'not_found' })
      await one.quiet()
      expect(types()).toEqual(['measure_imposed', 'measure_lifted'])
    })

    it('D7 who may not change it may not', async () => {
      const ban = await one.impose({ kind: 'ban', identity: 'ana' })
      expect(await edit(ban, lee, { until: null })).toMatchObject({ ok: false, code: 'forbidden' })
      expect(await one.measures.desk.lift(ban.id, sam, by('sam'))).toMatchObject({ ok: false, code: 'forbidden' })
      expect(one.measures.book.count()).toBe(1)
    })

    it('granting a source lifts what denies it here, leaves the person out of locks, and keeps what else is denied', async () => {
      await one.join('lobby', 'ana')
      const denial = await one.impose({ kind: 'deny_sources', identity: 'ana', sources: ['microphone', 'camera'] })
      const only = await one.impose({ kind: 'deny_sources', identity: 'ana', sources: ['microphone'] })
      const lock = await one.impose({ kind: 'lock', sources: ['microphone'] })
      const freed = await one.measures.desk.exempt('lobby', 'ana', ['microphone'], lee, by('lee'))
      if (!freed.ok) throw new Error(freed.message)
      expect(freed.value.map(({ id }) => id).toSorted()).toEqual([denial.id, only.id, lock.id].toSorted())
      expect(one.measures.book.check('ana', 'lobby').deniedSources).toEqual(['camera'])
      expect(one.measures.book.check('bo', 'lobby').deniedSources).toEqual(['microphone'])
      expect(scene.livekit.find('lobby', 'ana')?.permissions.canPublishSources).toEqual([
        'microphone',
        'screen_share',
        'screen_share_audio',
      ])
      await one.quiet()
      expect(types().toSorted()).toEqual([
        ...Array.from({ length: 2 }, () => 'measure_changed'),
        ...Array.from({ length: 3 }, () => 'measure_imposed'),
        'measure_lifted',
      ])
    })

    it('several who are granted at once are all left out of the lock, also where another instance changes it', async () => {
      const two = await scene.open()
      const names = Array.from({ length: 12 }, (_none, index) => `p${index}`)
      for (const name of names) await one.join('lobby', name)
      const lock = await one.impose({ kind: 'lock', sources: ['microphone'] })
      await one.quiet()
      await two.measures.book.reload()
      const granted = await Promise.all(
        names.map((name, index) => (index % 3 === 0 ? two : one).measures.desk.exempt('lobby', name, ['microphone'], kim, by())),
      )
      expect(granted.filter(({ ok }) => !ok)).toEqual([])
      await one.quiet()
      const stored = await one.measures.list({ active: 'true' })
      expect(stored.ok && stored.value.find(({ id }) => id === lock.id)?.except?.identities?.toSorted()).toEqual(names.toSorted())
    })

    it('nobody is out of reach by a name that a database can’t hold', async () => {
      const [room, identity] = ['lob\0by', 'a\0na']
      await one.join(room, identity)
      const ban = await one.impose({ kind: 'ban', identity, room, reason: 'spam\0 and more\uD800' })
      expect(scene.livekit.find(room, identity)).toBeUndefined()
      const two = await scene.open()
      expect(two.measures.book.check(identity, room).banned).toBe(true)
      expect(await one.measures.list({ identity, room })).toMatchObject({ ok: true, value: [{ id: ban.id, identity, room }] })
      expect(await edit(ban, kim, { until: later() })).toMatchObject({ ok: true, value: { identity, room } })
      expect(await one.measures.desk.lift(ban.id, kim, by())).toMatchObject({ ok: true })
      await expect.poll(() => two.measures.book.count()).toBe(0)
      await one.join(room, identity)
      await one.impose({ kind: 'deny_sources', identity, room, sources: ['camera'] })
      expect(scene.livekit.find(room, identity)?.permissions.canPublishSources).not.toContain('camera')
    })

    it('granting is refused whole where a part may not be: a source denied in all rooms, another’s measure', async () => {
      await one.impose({ kind: 'deny_sources', identity: 'ana', sources: ['camera'] })
      expect(await one.measures.desk.exempt('lobby', 'ana', ['camera'], sam, by('sam'))).toMatchObject({ ok: false, code: 'forbidden' })
      await one.impose({ kind: 'deny_sources', scope: 'all', identity: 'ana', sources: ['camera'] })
      expect(await one.measures.desk.exempt('lobby', 'ana', ['camera'], lee, by('lee'))).toMatchObject({ ok: false, code: 'conflict' })
      expect(one.measures.book.count()).toBe(2)
      expect(await one.measures.desk.exempt('lobby', 'ana', ['microphone'], lee, by('lee'))).toEqual({ ok: true, value: [] })
    })

    it('another instance knows what was imposed and lifted as soon as the log tells it', async () => {
      const two = await scene.open('two')
      const ban = await one.impose({ kind: 'ban', identity: 'ana', scope: 'all' })
      await expect.poll(() => two.measures.book.check('ana', 'lobby').banned).toBe(true)
      await one.measures.desk.lift(ban.id, kim, by())
      await expect.poll(() => two.measures.book.check('ana', 'lobby').banned).toBe(false)
    })
  })
}
