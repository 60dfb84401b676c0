import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultAttention } from '#shared/domain/attention.ts'
import { onlyRules, openScene, type Scene } from './testing/scene.ts'

beforeEach(() => void vi.useFakeTimers())
let scene: Scene
afterEach(async () => {
  await scene.close()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('bad connections', () => {
  const rule = { on: true, quality: 'poor', people: 2, seconds: 15 } as const
  beforeEach(async () => {
    scene = await openScene(onlyRules({ bad_connections: rule }))
    for (const identity of ['ana', 'ben', 'cleo']) await scene.join('lobby', identity)
  })

  /** Observes the same every 5 s, as an observer tells of a silent room. */
  async function keepObserving(seconds: number, qualities: Parameters<Scene['observe']>[1]) {
    for (let second = 0; second < seconds; second += 5) {
      await scene.pass(5)
      scene.observe('lobby', qualities)
    }
  }

  it('mark a room when enough people have had them long enough, since the last of so many went bad', async () => {
    scene.observe('lobby', { ana: 'poor', ben: 'good' })
    await scene.pass(5)
    scene.observe('lobby', { ana: 'lost', ben: 'poor' })
    await keepObserving(10, { ana: 'lost', ben: 'poor' })
    expect(scene.marks('lobby')).toEqual({})
    await keepObserving(5, { ana: 'lost', ben: 'poor' })
    expect(scene.marks('lobby')).toEqual({ bad_connections: [5, '2 people have poor or lost connections'] })
    scene.observe('lobby', { ana: 'lost', ben: 'poor', cleo: 'poor' })
    expect(scene.marks('lobby')).toEqual({ bad_connections: [5, '3 people have poor or lost connections'] })
  })

  it('are counted for each person, who begins anew when it was good meanwhile', async () => {
    for (let turn = 0; turn < 6; turn += 1) {
      scene.observe('lobby', { ana: 'poor', ben: turn % 2 === 0 ? 'poor' : 'good', cleo: turn % 2 === 0 ? 'good' : 'poor' })
      await scene.pass(5)
    }
    expect(scene.changes).toEqual([])
  })

  it('are no unknown ones, and not those of who is hidden or has left', async () => {
    await scene.join('lobby', 'spy', { hidden: true })
    scene.observe('lobby', { ana: 'poor', ben: 'unknown', spy: 'lost', nobody: 'lost', cleo: 'poor' })
    await scene.leave('lobby', 'cleo')
    await keepObserving(60, { ana: 'poor', ben: 'unknown', spy: 'lost', nobody: 'lost', cleo: 'poor' })
    expect(scene.marks('lobby')).toEqual({})
  })

  it('count lost ones alone where the rule says so', async () => {
    scene.set(onlyRules({ bad_connections: { ...rule, quality: 'lost', people: 1 } }))
    scene.observe('lobby', { ana: 'poor' })
    await keepObserving(20, { ana: 'poor' })
    await keepObserving(15, { ana: 'lost' })
    expect(scene.marks('lobby')).toEqual({})
    await keepObserving(5, { ana: 'lost' })
    expect(scene.marks('lobby')).toEqual({ bad_connections: [25, '1 person has a lost connection'] })
  })

  it('go 10 s after there are too few, and a mark between good and poor does not blink', async () => {
    scene.observe('lobby', { ana: 'poor', ben: 'poor' })
    await keepObserving(20, { ana: 'poor', ben: 'poor' })
    scene.forgetChanges()
    for (let turn = 0; turn < 10; turn += 1) {
      await scene.pass(5)
      scene.observe('lobby', { ana: 'poor', ben: turn % 2 === 0 ? 'good' : 'poor' })
    }
    expect(scene.changes).toEqual([])
    await scene.pass(5)
    scene.observe('lobby', { ana: 'poor', ben: 'good' })
    await scene.pass(9.999)
    expect(scene.marks('lobby')).toEqual({ bad_connections: [0, '2 people have poor or lost connections'] })
    await scene.pass(0.001)
    expect(scene.marks('lobby')).toEqual({})
  })

  it('go with the people who had them', async () => {
    scene.observe('lobby', { ana: 'poor', ben: 'poor' })
    await keepObserving(15, { ana: 'poor', ben: 'poor' })
    await scene.leave('lobby', 'ben')
    await scene.pass(9)
    expect(scene.marks('lobby')).toHaveProperty('bad_connections')
    await scene.pass(1)
    expect(scene.marks('lobby')).toEqual({})
  })

  it('are unknown 30 s after the room was observed last: then the mark goes', async () => {
    scene.observe('lobby', { ana: 'poor', ben: 'poor' })
    await keepObserving(15, { ana: 'poor', ben: 'poor' })
    await scene.pass(29.999)
    expect(scene.marks('lobby')).toHaveProperty('bad_connections')
    await scene.pass(0.001)
    expect(scene.marks('lobby')).toEqual({})
    scene.observe('lobby', { ana: 'poor', ben: 'poor' })
    await scene.pass(10)
    scene.observe('lobby', { ana: 'poor', ben: 'poor' })
    expect(scene.marks('lobby')).toEqual({})
  })

  it('mark no room that is looked into now and then for less than so long', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      scene.observe('lobby', { ana: 'poor', ben: 'poor' })
      await scene.pass(5)
      scene.observe('lobby', { ana: 'poor', ben: 'poor' })
      await scene.pass(14)
      await scene.join('lobby', `visitor ${turn}`)
      await scene.pass(46)
    }
    expect(scene.changes).toEqual([])
  })

  it('are not made better by an observation that comes late', async () => {
    const begin = Date.now()
    scene.observe('lobby', { ana: 'poor', ben: 'poor' })
    await keepObserving(10, { ana: 'poor', ben: 'poor' })
    scene.observe('lobby', { ana: 'good', ben: 'good' }, begin + 9000)
    await keepObserving(5, { ana: 'poor', ben: 'poor' })
    expect(scene.marks('lobby')).toEqual({ bad_connections: [0, '2 people have poor or lost connections'] })
  })
})

describe.each([
  ['banned_attempt', 'banned from this room', 'a banned person tried to come in', '3 attempts of banned people to come in'],
  ['measure_evaded', 'microphone', 'a measure was evaded and enforced again', 'measures were evaded and enforced again 3 times'],
] as const)('%s', (rule, detail, once, thrice) => {
  beforeEach(async () => {
    scene = await openScene(onlyRules({ [rule]: { on: true, seconds: 60 } }))
    await scene.start('lobby')
  })

  it('marks a room at once, for so long after the last one, since the first', async () => {
    await scene.enforce('lobby', detail)
    expect(scene.marks('lobby')).toEqual({ [rule]: [0, once] })
    await scene.pass(40)
    await scene.enforce('lobby', detail)
    await scene.pass(10)
    await scene.enforce('lobby', detail)
    expect(scene.marks('lobby')).toEqual({ [rule]: [0, thrice] })
    await scene.pass(59.999)
    expect(scene.marks('lobby')).toHaveProperty(rule)
    await scene.pass(0.001)
    expect(scene.marks('lobby')).toEqual({})
    await scene.enforce('lobby', detail)
    expect(scene.marks('lobby')).toEqual({ [rule]: [110, once] })
  })

  it('is not the other one, nor that of another room or an earlier session', async () => {
    await scene.start('other')
    await scene.enforce('other', detail)
    await scene.enforce('lobby', rule === 'banned_attempt' ? 'microphone' : 'banned')
    expect(scene.marks('lobby')).toEqual({})
    const data = { id: 'late', room: { name: 'lobby', sid: 'RM_earlier' }, cause: 'server', detail } as const
    await scene.rooms.tell({ type: 'measure_enforced', timestamp: Date.now(), data })
    await scene.pass(0)
    expect(scene.marks('lobby')).toEqual({})
  })
})

describe('what is no attempt', () => {
  it.each(['locked: microphone taken', 'dry run: would have removed somebody who is banned'])('“%s” marks no room', async (detail) => {
    scene = await openScene(onlyRules({ measure_evaded: { on: true, seconds: 60 }, banned_attempt: { on: true, seconds: 60 } }))
    await scene.start('lobby')
    await scene.enforce('lobby', detail)
    expect(scene.marks('lobby')).toEqual({})
    await scene.enforce('lobby', 'locked: could not be enforced, no answer')
    expect(scene.marks('lobby')).toHaveProperty('measure_evaded')
  })
})

describe('a burst of joins', () => {
  let people = 0
  beforeEach(async () => {
    scene = await openScene(onlyRules({ join_burst: { on: true, people: 4, seconds: 10 } }))
    await scene.start('lobby')
  })

  async function joins(count: number, apart: number) {
    for (let index = 0; index < count; index += 1) {
      await scene.join('lobby', `person ${(people += 1)}`)
      await scene.pass(apart)
    }
  }

  it('is so many within so long, since the first of them', async () => {
    await joins(2, 4)
    await joins(3, 3)
    expect(scene.marks('lobby')).toEqual({})
    await joins(1, 0)
    expect(scene.marks('lobby')).toEqual({ join_burst: [8, '4 joins in a short time'] })
    await joins(2, 0)
    expect(scene.marks('lobby')).toEqual({ join_burst: [8, '6 joins in a short time'] })
  })

  it('is over 10 s after the joins became fewer than half, and does not blink while they come and go', async () => {
    await joins(4, 0)
    scene.forgetChanges()
    for (let turn = 0; turn < 5; turn += 1) {
      await scene.pass(15)
      await joins(2, 0)
    }
    expect(scene.changes.every(({ rules }) => rules.length === 1)).toBe(true)
    expect(scene.marks('lobby')).toEqual({ join_burst: [0, '14 joins in a short time'] })
    await joins(1, 0)
    await scene.pass(19.999)
    expect(scene.marks('lobby')).toHaveProperty('join_burst')
    await scene.pass(0.001)
    expect(scene.marks('lobby')).toEqual({})
    await joins(3, 0)
    expect(scene.marks('lobby')).toEqual({})
    await joins(1, 0)
    expect(scene.marks('lobby')).toEqual({ join_burst: [95, '4 joins in a short time'] })
  })
})

describe('one person alone', () => {
  beforeEach(async () => {
    scene = await openScene(onlyRules({ alone: { on: true, seconds: 60 } }))
    await scene.join('lobby', 'ana')
  })

  it('marks a room after so long, whoever else is hidden', async () => {
    await scene.join('lobby', 'spy', { hidden: true })
    await scene.pass(59.999)
    expect(scene.marks('lobby')).toEqual({})
    await scene.pass(0.001)
    expect(scene.marks('lobby')).toEqual({ alone: [0, '1 person alone'] })
  })

  it('is so since the last of the others left', async () => {
    await scene.join('lobby', 'ben')
    await scene.pass(30)
    await scene.leave('lobby', 'ben')
    await scene.pass(60)
    expect(scene.marks('lobby')).toEqual({ alone: [30, '1 person alone'] })
  })

  it('is not nobody', async () => {
    await scene.leave('lobby', 'ana')
    await scene.pass(100)
    expect(scene.marks('lobby')).toEqual({})
  })

  it('stays so through visits and reconnects of less than 10 s, before the mark and with it', async () => {
    await scene.pass(50)
    await scene.join('lobby', 'ben')
    await scene.pass(9)
    await scene.leave('lobby', 'ben')
    await scene.pass(0.5)
    await scene.leave('lobby', 'ana')
    await scene.pass(9)
    expect(scene.marks('lobby')).toEqual({})
    await scene.join('lobby', 'ana')
    expect(scene.marks('lobby')).toEqual({ alone: [0, '1 person alone'] })
    scene.forgetChanges()
    for (let turn = 0; turn < 5; turn += 1) {
      await scene.join('lobby', 'ben')
      await scene.pass(9)
      await scene.leave('lobby', 'ben')
      await scene.pass(1)
    }
    expect(scene.changes).toEqual([])
  })

  it('ends with a visit of 10 s', async () => {
    await scene.pass(60)
    await scene.join('lobby', 'ben')
    await scene.pass(9.999)
    expect(scene.marks('lobby')).toHaveProperty('alone')
    await scene.pass(0.001)
    expect(scene.marks('lobby')).toEqual({})
    await scene.leave('lobby', 'ben')
    await scene.pass(60)
    expect(scene.marks('lobby')).toEqual({ alone: [70, '1 person alone'] })
  })

  it('is the same to an instance that starts later', async () => {
    await scene.join('lobby', 'ben')
    await scene.pass(20)
    await scene.leave('lobby', 'ben')
    await scene.pass(30)
    await scene.join('lobby', 'cleo')
    await scene.pass(5)
    await scene.leave('lobby', 'cleo')
    scene.restart()
    await scene.pass(25)
    expect(scene.marks('lobby')).toEqual({ alone: [20, '1 person alone'] })
  })
})

describe('a room that nothing confirms', () => {
  beforeEach(async () => {
    scene = await openScene(onlyRules({ unconfirmed: { on: true, seconds: 60 } }))
    await scene.join('lobby', 'ana')
  })

  it('is marked after so long, since it was confirmed last, by an event, a sweep or an observer', async () => {
    await scene.pass(50)
    scene.confirm()
    await scene.pass(50)
    scene.observe('lobby', {})
    await scene.pass(50)
    await scene.join('lobby', 'ben')
    await scene.pass(59.999)
    expect(scene.marks('lobby')).toEqual({})
    await scene.pass(0.001)
    expect(scene.marks('lobby')).toEqual({ unconfirmed: [150, 'no news of this room'] })
  })

  it.each([
    ['a sweep', () => Promise.resolve(scene.confirm())],
    ['an event', () => scene.join('lobby', 'ben')],
    ['an observation', () => Promise.resolve(scene.observe('lobby', {}))],
  ])('is good again 10 s after %s', async (_by, confirm) => {
    await scene.pass(70)
    await confirm()
    await scene.pass(9.999)
    expect(scene.marks('lobby')).toHaveProperty('unconfirmed')
    await scene.pass(0.001)
    expect(scene.marks('lobby')).toEqual({})
  })

  it('does not blink where what confirms it comes a little too seldom', async () => {
    scene.set(onlyRules({ unconfirmed: { on: true, seconds: 2 } }))
    await scene.pass(10)
    scene.forgetChanges()
    for (let turn = 0; turn < 20; turn += 1) {
      await scene.pass(3)
      scene.confirm()
    }
    expect(scene.changes).toEqual([])
    expect(scene.marks('lobby')).toHaveProperty('unconfirmed')
  })
})

describe('the rules', () => {
  it('mark nothing while they are off', async () => {
    scene = await openScene(onlyRules({}))
    scene.forgetChanges()
    await scene.join('lobby', 'ana')
    scene.observe('lobby', { ana: 'lost' })
    await scene.enforce('lobby', 'banned')
    await scene.enforce('lobby', 'microphone')
    await scene.pass(86_400)
    scene.observe('lobby', { ana: 'lost' })
    expect(scene.changes).toEqual([])
    expect(scene.attention().count()).toBe(0)
  })

  it('of a pattern hold for its rooms, and those of all for the others', async () => {
    scene = await openScene(
      onlyRules({ alone: { on: true, seconds: 60 } }, [{ rooms: 'quiet-*', thresholds: { alone: { on: false, seconds: 60 } } }]),
    )
    await scene.join('lobby', 'ana')
    await scene.join('quiet-1', 'ben')
    await scene.pass(60)
    expect([scene.marks('lobby'), scene.marks('quiet-1')]).toEqual([{ alone: [0, '1 person alone'] }, {}])
    expect(scene.attention().count()).toBe(1)
  })

  it('act at once when they are changed: marks come and go, and those of rules that stayed are left alone', async () => {
    scene = await openScene(onlyRules({ alone: { on: true, seconds: 900 }, banned_attempt: { on: true, seconds: 600 } }))
    await scene.join('lobby', 'ana')
    await scene.enforce('lobby', 'banned')
    await scene.pass(30)
    scene.forgetChanges()
    scene.set(onlyRules({ alone: { on: true, seconds: 20 }, banned_attempt: { on: true, seconds: 600 } }))
    expect(scene.marks('lobby')).toEqual({ banned_attempt: [0, 'a banned person tried to come in'], alone: [0, '1 person alone'] })
    scene.set(onlyRules({ alone: { on: true, seconds: 31 }, banned_attempt: { on: true, seconds: 600 } }))
    await scene.pass(1)
    scene.set(onlyRules({ banned_attempt: { on: true, seconds: 600 } }))
    const [one, both] = [['banned_attempt'], ['banned_attempt', 'alone']]
    expect(scene.changes.map(({ rules }) => rules)).toEqual([both, one, both, one])
    scene.set(onlyRules({}))
    expect(scene.marks('lobby')).toEqual({})
  })

  it('are forgotten with the room, and its next session begins with none', async () => {
    scene = await openScene(defaultAttention)
    await scene.join('lobby', 'ana')
    await scene.enforce('lobby', 'banned')
    scene.forgetChanges()
    await scene.end('lobby')
    await scene.join('lobby', 'ana')
    await scene.end('lobby')
    expect(scene.changes).toEqual([{ at: 0, room: 'lobby', rules: [] }])
    await scene.join('lobby', 'ana')
    await scene.enforce('lobby', 'banned')
    await scene.pass(1)
    await scene.replace('lobby')
    expect(scene.marks('lobby')).toEqual({})
  })

  it('leave nothing behind of a room that ended', async () => {
    scene = await openScene(onlyRules({ alone: { on: true, seconds: 86_400 } }))
    await scene.join('lobby', 'ana')
    await scene.end('lobby')
    await scene.pass(3600)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('look at nothing while nothing happens and nothing is due', async () => {
    scene = await openScene(onlyRules({ banned_attempt: { on: true, seconds: 60 } }))
    for (let index = 0; index < 20; index += 1) await scene.join(`room ${index}`, 'ana')
    expect(vi.getTimerCount()).toBe(0)
    const get = vi.spyOn(scene.rooms, 'get')
    await scene.pass(86_400)
    expect(get).not.toHaveBeenCalled()
  })

  it('come to the same at two instances, though their clocks differ', async () => {
    const { thresholds } = defaultAttention
    scene = await openScene({
      thresholds: { ...thresholds, alone: { on: true, seconds: 30 }, unconfirmed: { on: true, seconds: 90 } },
      patterns: [],
    })
    const other = scene.open(2)
    await scene.join('lobby', 'ana')
    for (let second = 0; second < 20; second += 5) {
      await scene.pass(5)
      scene.observe('lobby', { ana: 'poor' })
    }
    await scene.enforce('lobby', 'banned')
    await scene.pass(12)
    const early = {
      bad_connections: [5, '1 person has a poor or lost connection'],
      banned_attempt: [20, 'a banned person tried to come in'],
    }
    expect(scene.marks('lobby')).toEqual({ ...early, alone: [0, '1 person alone'] })
    expect(scene.marks('lobby', other)).toEqual({ ...early, alone: [0, '1 person alone'] })
    await scene.pass(80)
    const late = { banned_attempt: early.banned_attempt, alone: [0, '1 person alone'], unconfirmed: [20, 'no news of this room'] }
    expect(scene.marks('lobby')).toEqual(late)
    expect(scene.marks('lobby', other)).toEqual(late)
    other.stop()
  })

  it('have one timer for all rooms', async () => {
    scene = await openScene(defaultAttention)
    for (let index = 0; index < 20; index += 1) {
      await scene.join(`room ${index}`, 'ana')
      await scene.pass(1)
    }
    expect(vi.getTimerCount()).toBe(1)
    await scene.pass(130)
    expect(scene.attention().count()).toBe(20)
  })

  it('say which rooms are to be observed before others: with a mark, with connections that a pattern asks for, or about to get a mark', async () => {
    const pattern = { rooms: 'class-*', thresholds: { bad_connections: defaultAttention.thresholds.bad_connections } }
    scene = await openScene({ ...defaultAttention, patterns: [pattern] })
    for (const room of ['lobby', 'class-1', 'marked']) await scene.join(room, 'ana')
    await scene.enforce('marked', 'banned')
    expect(['lobby', 'class-1', 'marked', 'nowhere'].map(scene.attention().wants)).toEqual([false, true, true, false])
    const { wants } = scene.attention()
    scene.observe('lobby', { ana: 'good' })
    expect(wants('lobby')).toBe(false)
    scene.observe('lobby', { ana: 'poor' })
    await scene.pass(19.999)
    expect(wants('lobby')).toBe(true)
    await scene.pass(0.001)
    expect(wants('lobby')).toBe(false)
    await scene.pass(30)
    scene.observe('lobby', { ana: 'poor' })
    await scene.leave('lobby', 'ana')
    expect(wants('lobby')).toBe(false)
  })
})
