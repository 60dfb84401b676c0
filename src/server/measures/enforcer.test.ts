import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fail } from '#shared/domain/failure.ts'
import { mayPublish } from '#shared/domain/participant.ts'
import { createScene, type Instance, type Scene } from './testing/scene.ts'
import { mayAll } from './testing/scripted-livekit.ts'

let scene: Scene
let one: Instance
beforeEach(async () => {
  scene = await createScene()
  one = await scene.open()
})
afterEach(async () => {
  await scene.close()
  vi.useRealTimers()
})

const unreachable = fail('unavailable', 'LiveKit can’t be reached', 'unreachable')
const isThere = (identity: string, room = 'lobby') => scene.livekit.find(room, identity) !== undefined
const sourcesOf = (identity: string, room = 'lobby') => {
  const facts = scene.livekit.find(room, identity)
  return facts && (facts.permissions.canPublish ? facts.permissions.canPublishSources : 'none')
}
const enforcedIn = ({ told }: Instance) => told.filter(({ type }) => type === 'measure_enforced').map(({ data }) => data.detail)

describe('X1 a ban', () => {
  it('removes who is there, and whoever comes under it with the old token, at the commit of the join; it is told', async () => {
    const ana = await one.join('lobby', 'ana')
    const ban = await one.impose({ kind: 'ban', identity: 'ana' })
    expect(isThere('ana')).toBe(false)
    await one.join('lobby', 'ana')
    await one.quiet()
    expect(isThere('ana')).toBe(false)
    expect(one.rooms.get('lobby').room?.participants.get('ana')?.online).toBe(false)
    const enforced = one.told.find(({ type }) => type === 'measure_enforced')
    expect(enforced?.data).toMatchObject({
      cause: 'server',
      measureId: ban.id,
      detail: 'banned: removed',
      participant: { identity: 'ana' },
    })
    expect(enforced?.data.participant?.sid).not.toBe(ana.sid)
    expect(one.told.filter(({ type }) => type === 'participant_removed').map(({ data }) => [data.cause, data.operator])).toEqual([
      ['action', 'kim'],
      ['server', undefined],
    ])
    expect(one.enforced).toEqual(['ban'])
  })

  it('holds in its room only, or in all', async () => {
    await one.impose({ kind: 'ban', identity: 'ana' })
    await one.impose({ kind: 'ban', identity: 'bo', scope: 'all' })
    for (const room of ['lobby', 'other']) for (const who of ['ana', 'bo', 'cy']) await one.join(room, who)
    await one.quiet()
    expect(['ana', 'bo', 'cy'].map((who) => [isThere(who), isThere(who, 'other')])).toEqual([
      [false, true],
      [false, false],
      [true, true],
    ])
  })

  it('is over at its time, which no newer one makes earlier', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    await one.impose({ kind: 'ban', identity: 'ana', until: Date.now() + 5000 })
    await one.impose({ kind: 'ban', identity: 'ana', until: Date.now() + 1000 })
    expect(one.measures.book.check('ana', 'lobby')).toMatchObject({ banned: true, until: Date.now() + 5000 })
    for (const [ms, stays] of [
      [2000, false],
      [4000, true],
    ] as const) {
      await vi.advanceTimersByTimeAsync(ms)
      await one.join('lobby', 'ana')
      await one.quiet()
      expect(isThere('ana')).toBe(stays)
    }
    expect(one.measures.book.count()).toBe(0)
  })

  it('turns away a loop of rejoining every time, and tells the first and then how often, once a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    await one.impose({ kind: 'ban', identity: 'ana' })
    for (let round = 0; round < 15; round += 1) {
      await one.join('lobby', 'ana')
      await one.quiet()
      expect(isThere('ana')).toBe(false)
    }
    expect([enforcedIn(one), one.enforced.length]).toEqual([['banned: removed'], 15])
    await vi.advanceTimersByTimeAsync(60_000)
    await one.quiet()
    expect(enforcedIn(one)).toEqual(['banned: removed', 'banned: removed 14 times'])
    await vi.advanceTimersByTimeAsync(60_000)
    await one.join('lobby', 'ana')
    await one.quiet()
    expect(enforcedIn(one)).toEqual(['banned: removed', 'banned: removed 14 times', 'banned: removed'])
  })
})

describe('X6 what is denied to those who are there and those who come', () => {
  it('is taken, taken again after a rejoin or when somebody else gives it, and comes back when lifted', async () => {
    await one.join('lobby', 'ana')
    scene.livekit.publish('lobby', 'ana', 'microphone')
    await one.impose({ kind: 'deny_sources', identity: 'ana', sources: ['microphone'] })
    expect(sourcesOf('ana')).toEqual(['camera', 'screen_share', 'screen_share_audio'])
    expect(scene.livekit.find('lobby', 'ana')?.tracks).toEqual([])
    await one.leave('lobby', 'ana')
    await one.join('lobby', 'ana')
    await one.quiet()
    scene.livekit.permit('lobby', 'ana', mayAll)
    await one.hear('lobby', 'ana')
    await one.quiet()
    expect(sourcesOf('ana')).toEqual(['camera', 'screen_share', 'screen_share_audio'])
    const [measure] = one.measures.book.inForce()
    await one.measures.desk.lift(measure?.id ?? '', { name: 'kim', role: 'admin' }, { operator: 'kim', actionId: 'x' })
    expect(sourcesOf('ana')).toEqual([])
    expect(enforcedIn(one)).toEqual(['denied: microphone taken again'])
  })

  it('a lock leaves out by name and by role, also of who comes later, whose role it waits for', async () => {
    one.roles.set('cy', 'HOST')
    for (const who of ['ana', 'bo', 'cy']) await one.join('lobby', who)
    await one.impose({ kind: 'lock', sources: ['microphone'], except: { identities: ['bo'], roles: ['HOST'] } })
    let tell = () => undefined as void
    one.rolesKnown = new Promise((resolve) => (tell = resolve))
    await one.join('lobby', 'di')
    await one.join('lobby', 'ed')
    await new Promise((resolve) => setImmediate(resolve))
    expect(sourcesOf('ed')).toEqual([])
    one.roles.set('di', 'HOST')
    tell()
    await one.quiet()
    const silent = ['ana', 'bo', 'cy', 'di', 'ed'].filter(
      (who) => !mayPublish(scene.livekit.find('lobby', who)?.permissions ?? mayAll, 'microphone'),
    )
    expect(silent).toEqual(['ana', 'ed'])
    expect(enforcedIn(one)).toEqual(['locked: microphone taken'])
  })

  it('comes back when its time is over, as far as nothing else denies it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    await one.join('lobby', 'ana', { ...mayAll, canPublishSources: ['microphone', 'camera'] })
    await one.impose({ kind: 'deny_sources', identity: 'ana', sources: ['microphone', 'camera'], until: Date.now() + 1000 })
    await one.impose({ kind: 'lock', sources: ['camera'], until: Date.now() + 9000 })
    expect(sourcesOf('ana')).toBe('none')
    for (const [ms, sources] of [
      [1500, ['microphone']],
      [9000, ['microphone', 'camera']],
    ] as const) {
      await vi.advanceTimersByTimeAsync(ms)
      await one.quiet()
      expect(sourcesOf('ana')).toEqual(sources)
    }
  })

  it('is written down as owed before LiveKit is asked, so that a crash in between loses nothing', async () => {
    await one.join('lobby', 'ana')
    const owed: string[] = []
    scene.livekit.answer = async () => {
      const rows = await scene.database.queries.selectFrom('measure_effects').select(['identity', 'sources']).execute()
      owed.push(...rows.map(({ identity, sources }) => `${identity} ${sources}`))
      return null
    }
    await one.impose({ kind: 'deny_sources', identity: 'ana', sources: ['camera'] })
    expect(owed).toEqual(['ana ["camera"]'])
  })

  it('what an operator has set by hand meanwhile does not come back', async () => {
    const { sid } = await one.join('lobby', 'ana')
    const measure = await one.impose({ kind: 'deny_sources', identity: 'ana', sources: ['camera'] })
    await one.measures.desk.setByHand({ sid, room: 'lobby', identity: 'ana' }, ['camera'])
    await one.measures.desk.lift(measure.id, { name: 'kim', role: 'admin' }, { operator: 'kim', actionId: 'x' })
    expect(sourcesOf('ana')).toEqual(['microphone', 'screen_share', 'screen_share_audio'])
  })

  it('what another measure took comes back, though an operator has set something else by hand', async () => {
    const { sid } = await one.join('lobby', 'ana')
    const silenced = await one.impose({ kind: 'deny_sources', identity: 'ana', sources: ['microphone'] })
    await one.impose({ kind: 'deny_sources', identity: 'ana', sources: ['camera'] })
    await one.measures.desk.setByHand({ sid, room: 'lobby', identity: 'ana' }, ['camera'])
    await one.measures.desk.lift(silenced.id, { name: 'kim', role: 'admin' }, { operator: 'kim', actionId: 'x' })
    expect(sourcesOf('ana')).toEqual(['microphone', 'screen_share', 'screen_share_audio'])
  })

  it('comes back also to who came anew meanwhile with a token that lacked it: LiveKit gives clients one of what they may do now', async () => {
    await one.join('lobby', 'ana')
    const measure = await one.impose({ kind: 'deny_sources', identity: 'ana', sources: ['microphone'] })
    for (let times = 0; times < 2; times += 1) {
      const { permissions } = scene.livekit.find('lobby', 'ana') ?? { permissions: mayAll }
      await one.leave('lobby', 'ana')
      await one.join('lobby', 'ana', permissions)
      await one.quiet()
    }
    await one.measures.desk.lift(measure.id, { name: 'kim', role: 'admin' }, { operator: 'kim', actionId: 'x' })
    expect(sourcesOf('ana')).toEqual([])
  })

  it('comes back also to who came with a token of ours that left it out, at any instance', async () => {
    const measure = await one.impose({ kind: 'lock', sources: ['microphone'] })
    const two = await scene.open()
    await two.measures.leftOut('lobby', 'ana', ['microphone'])
    await one.join('lobby', 'ana', { ...mayAll, canPublishSources: ['camera', 'screen_share', 'screen_share_audio'] })
    // The next token would not have let them publish.
    await two.measures.leftOut('lobby', 'bo', ['microphone'])
    await two.measures.leftOut('lobby', 'bo', [])
    await one.join('lobby', 'bo', { ...mayAll, canPublish: false })
    await one.quiet()
    await one.measures.desk.lift(measure.id, { name: 'kim', role: 'admin' }, { operator: 'kim', actionId: 'x' })
    expect([sourcesOf('ana'), sourcesOf('bo')]).toEqual([[], 'none'])
  })

  it('nobody has after a measure what no stay of theirs had before', async () => {
    let time = Date.now()
    const later = await scene.open('later', { now: () => time })
    await later.join('lobby', 'ana')
    const measure = await later.impose({ kind: 'deny_sources', identity: 'ana', sources: ['microphone'] })
    await later.leave('lobby', 'ana')
    await later.measures.desk.lift(measure.id, { name: 'kim', role: 'admin' }, { operator: 'kim', actionId: 'x' })
    await later.quiet()
    time += 60_000
    const lock = await later.impose({ kind: 'lock', sources: ['microphone', 'camera'] })
    // The app lets them use the camera only by now.
    await later.join('lobby', 'ana', { ...mayAll, canPublishSources: ['camera'] })
    await later.quiet()
    expect(sourcesOf('ana')).toBe('none')
    await later.measures.desk.lift(lock.id, { name: 'kim', role: 'admin' }, { operator: 'kim', actionId: 'x' })
    expect(sourcesOf('ana')).toEqual(['camera'])
  })

  it('holds while the database is away, and what was taken meanwhile comes back', async () => {
    const measure = await one.impose({ kind: 'lock', sources: ['camera'] })
    await scene.database.queries.schema.alterTable('measure_effects').renameTo('away').execute()
    await one.join('lobby', 'ana')
    await one.quiet()
    expect(sourcesOf('ana')).toEqual(['microphone', 'screen_share', 'screen_share_audio'])
    await scene.database.queries.schema.alterTable('away').renameTo('measure_effects').execute()
    await one.sweep()
    await one.quiet()
    await one.measures.desk.lift(measure.id, { name: 'kim', role: 'admin' }, { operator: 'kim', actionId: 'x' })
    expect(sourcesOf('ana')).toEqual([])
  })

  it('what was taken while the database was away comes back as soon as it is lifted, before any sweep', async () => {
    const measure = await one.impose({ kind: 'lock', sources: ['camera'] })
    await scene.database.queries.schema.alterTable('measure_effects').renameTo('away').execute()
    await one.join('lobby', 'ana')
    await one.quiet()
    await scene.database.queries.schema.alterTable('away').renameTo('measure_effects').execute()
    await one.measures.desk.lift(measure.id, { name: 'kim', role: 'admin' }, { operator: 'kim', actionId: 'x' })
    expect(sourcesOf('ana')).toEqual([])
  })
})

describe('a closed room', () => {
  it('ends, and ends again for whoever opens it anew', async () => {
    for (const who of ['ana', 'bo']) await one.join('lobby', who)
    await one.impose({ kind: 'close', until: Date.now() + 60_000 })
    expect([scene.livekit.rooms.has('lobby'), one.rooms.newest('lobby').room]).toEqual([false, null])
    await one.join('lobby', 'cy')
    await one.quiet()
    expect(scene.livekit.rooms.has('lobby')).toBe(false)
    expect([enforcedIn(one), scene.livekit.asked]).toEqual([['closed: room closed'], ['close lobby', 'close lobby']])
  })
})

describe('what was lifted', () => {
  it('is not enforced any more by who still waits for their turn at it', async () => {
    for (const who of ['ana', 'bo', 'cy']) await one.join('lobby', who)
    const gate = Promise.withResolvers<typeof unreachable>()
    scene.livekit.answer = () => gate.promise
    const imposed = one.impose({ kind: 'close' })
    await expect.poll(() => scene.livekit.asked).toEqual(['close lobby'])
    const [measure] = one.measures.book.inForce()
    await one.measures.desk.lift(measure?.id ?? '', { name: 'kim', role: 'admin' }, { operator: 'kim', actionId: 'x' })
    gate.resolve(unreachable)
    await imposed
    await one.quiet()
    expect([scene.livekit.asked, scene.livekit.rooms.has('lobby')]).toEqual([['close lobby'], true])
  })
})

describe('X1 nobody slips between', () => {
  it('a join that another instance commits while the ban is imposed is removed by whoever knows first', async () => {
    const two = await scene.open('two')
    await Promise.all([one.impose({ kind: 'ban', identity: 'ana' }), two.join('lobby', 'ana')])
    await expect.poll(() => isThere('ana')).toBe(false)
  })

  it('whoever committed a join and died, or did not know the ban, is stood in for', async () => {
    const two = await scene.open('two')
    const ignorant = await scene.open('three', { graceMs: 3_600_000 })
    await one.impose({ kind: 'ban', identity: 'ana' })
    await expect.poll(() => two.measures.book.count()).toBe(1)
    // It acts on nothing any more, and commits all the same.
    await ignorant.measures.close()
    await ignorant.join('lobby', 'ana')
    await expect.poll(() => isThere('ana')).toBe(false)
    await expect.poll(() => enforcedIn(one)).toEqual(['banned: removed'])
  })

  it('somebody whose join no webhook told is removed by the next sweep', async () => {
    await one.impose({ kind: 'ban', identity: 'ana' })
    scene.livekit.join('lobby', 'ana')
    await one.quiet()
    expect(isThere('ana')).toBe(true)
    await one.sweep()
    await one.quiet()
    expect(isThere('ana')).toBe(false)
  })

  it('two instances that act on the same join tell it once', async () => {
    const two = await scene.open('two', { graceMs: 0 })
    await one.impose({ kind: 'ban', identity: 'ana' })
    await expect.poll(() => two.measures.book.count()).toBe(1)
    await one.join('lobby', 'ana')
    await Promise.all([one.quiet(), two.quiet()])
    await expect.poll(() => enforcedIn(two)).toEqual(['banned: removed'])
    expect(one.told.filter(({ type }) => type === 'participant_removed')).toHaveLength(1)
  })
})

describe('where a call to LiveKit fails', () => {
  it('LiveKit is asked again until it does it, or it is not called for any more', async () => {
    let left = 3
    scene.livekit.answer = () => ((left -= 1) >= 0 ? unreachable : null)
    await one.impose({ kind: 'ban', identity: 'ana' })
    await one.join('lobby', 'ana')
    await expect.poll(() => isThere('ana')).toBe(false)
    expect(scene.livekit.asked).toHaveLength(4)
    await expect.poll(() => enforcedIn(one)).toEqual(['banned: removed'])
  })

  it('imposing says so, and the measure holds all the same', async () => {
    await one.join('lobby', 'ana')
    scene.livekit.answer = () => unreachable
    const targets: unknown[] = []
    const wanted = { kind: 'ban', scope: 'room', room: 'lobby', identity: 'ana', until: null, reason: 'spam' } as const
    const imposed = await one.measures.desk.impose(
      wanted,
      { operator: 'kim', actionId: 'x' },
      { onTarget: (each) => targets.push(each), isCancelled: () => false },
    )
    expect(imposed).toMatchObject({ ok: true, value: { targets: [{ identity: 'ana', ok: false, detail: 'unreachable' }] } })
    expect(targets).toHaveLength(1)
    scene.livekit.answer = () => null
    await expect.poll(() => isThere('ana')).toBe(false)
  })

  it('a key that may not do it is told once and asked again by sweeps only', async () => {
    scene.livekit.answer = () => fail('forbidden', 'the key lacks a grant', 'key_lacks_grant')
    await one.impose({ kind: 'ban', identity: 'ana' })
    await one.join('lobby', 'ana')
    await one.quiet()
    for (let round = 0; round < 2; round += 1) {
      await one.sweep()
      await one.quiet()
    }
    // At the join, by what was heard of it, and by each sweep.
    expect(scene.livekit.asked.length).toBeLessThan(5)
    expect(one.lines).toEqual(["a measure can't be enforced: the key lacks a grant"])
    expect(enforcedIn(one)).toEqual(['banned: could not be enforced, the key lacks a grant'])
    scene.livekit.answer = () => null
    // The record stays as it is: it is the sweep that looks at everybody.
    await one.sweep()
    await one.quiet()
    expect(isThere('ana')).toBe(false)
  })
})

describe('a server that ends', () => {
  it('waits for what is at LiveKit, and begins nothing more', async () => {
    for (let index = 0; index < 40; index += 1) await one.join('lobby', `p${index}`)
    const gate = Promise.withResolvers<null>()
    scene.livekit.answer = () => gate.promise
    one.setEnforcement('off')
    await one.impose({ kind: 'lock', sources: ['microphone'] })
    one.setEnforcement('on')
    await expect.poll(() => scene.livekit.asked.length).toBe(8)
    const closed = one.measures.close()
    gate.resolve(null)
    await closed
    expect(scene.livekit.asked).toHaveLength(8)
  })
})

describe('the switch', () => {
  it('off: nothing is done and tokens obey nothing; on again: everybody is looked at', async () => {
    one.setEnforcement('off')
    await one.join('lobby', 'ana')
    await one.impose({ kind: 'ban', identity: 'ana' })
    await one.sweep()
    await one.quiet()
    expect([isThere('ana'), one.measures.book.check('ana', 'lobby').banned, enforcedIn(one)]).toEqual([true, false, []])
    one.setEnforcement('on')
    await one.quiet()
    expect([isThere('ana'), one.measures.book.check('ana', 'lobby').banned]).toEqual([false, true])
  })

  it('off while somebody waits for their turn: nothing is taken from them', async () => {
    await one.join('lobby', 'ana')
    const { getParticipant } = scene.livekit.service
    Object.assign(scene.livekit.service, {
      getParticipant: (...asked: Parameters<typeof getParticipant>) => {
        one.setEnforcement('off')
        return getParticipant(...asked)
      },
    })
    await one.impose({ kind: 'deny_sources', identity: 'ana', sources: ['camera'] })
    await one.quiet()
    expect([sourcesOf('ana'), scene.livekit.asked]).toEqual([[], []])
  })

  it('dry run: what would be done is told once of each stay, and nothing is done', async () => {
    one.setEnforcement('dry-run')
    await one.impose({ kind: 'ban', identity: 'ana' })
    await one.impose({ kind: 'lock', sources: ['camera'] })
    for (const who of ['ana', 'bo']) await one.join('lobby', who)
    for (let round = 0; round < 2; round += 1) {
      await one.sweep()
      await one.quiet()
    }
    expect(enforcedIn(one)).toEqual(['dry run: would have removed somebody who is banned', 'dry run: would have taken camera'])
    expect([scene.livekit.asked, one.enforced, one.measures.book.check('ana', 'lobby').banned]).toEqual([[], [], false])
  })

  it('off after something was taken: lifting gives it back', async () => {
    await one.join('lobby', 'ana')
    const lock = await one.impose({ kind: 'lock', sources: ['camera'] })
    one.setEnforcement('off')
    await one.measures.desk.lift(lock.id, { name: 'kim', role: 'admin' }, { operator: 'kim', actionId: 'x' })
    expect(sourcesOf('ana')).toEqual([])
  })
})
