import { describe, expect, it } from 'vitest'
import type { Measure } from '#shared/domain/measure.ts'
import { text } from '../ui/text.ts'
import { chosenUntil, fits, makeChange, makeLift, newestChange, presets, whyNotUntil } from './change-until.ts'
import { describeMeasure, endOf, filterMeasures, timeLeft } from './measure-view.ts'

const HOUR = 3_600_000
const ban: Measure = {
  id: 'm1',
  kind: 'ban',
  scope: 'room',
  room: 'lobby',
  identity: 'ada',
  until: 10 * HOUR,
  reason: 'Shouting',
  by: 'mo',
  at: 0,
  revision: 3,
}
const lock: Measure = {
  ...ban,
  id: 'm2',
  kind: 'lock',
  identity: undefined,
  sources: ['microphone', 'camera'],
  except: { identities: ['a', 'b', 'c', 'd', 'e'], roles: ['HOST'] },
  until: null,
  reason: 'Calm',
}

describe('a measure in words', () => {
  it('says what, whom and where', () => {
    expect(describeMeasure(ban)).toBe('Ban · ada · lobby')
    expect(describeMeasure({ ...lock, room: undefined, scope: 'all' })).toBe(
      'Lock: microphone, camera · Everybody but a, b, c, 2 more, role HOST · All rooms',
    )
  })

  it('counts down, and says when it is over', () => {
    expect(timeLeft(ban, 8 * HOUR - 1_000)).toBe('2:00:01 left')
    expect(timeLeft(ban, 10 * HOUR)).toBe('over')
    expect(timeLeft(lock, 0)).toBe('until lifted')
    expect(timeLeft({ ...lock, liftedAt: 1 }, 0)).toBe('over')
  })

  it('tells running out from being lifted', () => {
    expect(endOf(ban, 9 * HOUR)).toBe(null)
    expect(endOf(ban, 10 * HOUR)).toEqual({ at: 10 * HOUR, how: 'ran out' })
    expect(endOf({ ...ban, liftedAt: 5, liftedBy: 'bo' }, 9 * HOUR)).toEqual({ at: 5, how: 'lifted by bo' })
  })

  it.each([
    ['ADA', ['m1']],
    ['camera', ['m2']],
    ['calm', ['m2']],
    ['mo', ['m1', 'm2']],
    ['', ['m1', 'm2']],
    ['nobody', []],
  ])('a filter for %j finds it', (filter, found) => {
    expect(filterMeasures([ban, lock], filter).map(({ id }) => id)).toEqual(found)
  })
})

describe('a new end', () => {
  it('is added to the end it has, or counted from now', () => {
    const now = 2 * HOUR
    expect(presets.map((by) => chosenUntil({ by }, ban, now))).toEqual([11 * HOUR, 34 * HOUR, 3 * HOUR, 26 * HOUR, null])
    expect(chosenUntil({ by: 'field', field: '' }, ban, now)).toBe(undefined)
    expect(chosenUntil({ by: 'field', field: '2026-05-04T10:11' }, ban, now)).toBe(new Date(2026, 4, 4, 10, 11).getTime())
  })

  it('offers what says something: nothing can be added to what has no end', () => {
    expect(presets.filter((preset) => fits(preset, ban))).toEqual([...presets])
    expect(presets.filter((preset) => fits(preset, lock))).toEqual(['hourFromNow', 'dayFromNow'])
  })

  it('must lie in the future and be another', () => {
    expect(whyNotUntil(undefined, ban, 0)).toBe(text.measures.dialog.needsTime)
    expect(whyNotUntil(HOUR, ban, HOUR)).toBe(text.measures.dialog.needsTime)
    expect(whyNotUntil(10 * HOUR, ban, HOUR)).toBe(text.measures.dialog.sameTime)
    expect(whyNotUntil(null, lock, HOUR)).toBe(text.measures.dialog.sameTime)
    expect(whyNotUntil(null, ban, HOUR)).toBe(null)
  })

  it('X1 names the revision that it was chosen against', () => {
    expect(makeChange(ban, null, ' longer ', 'id')).toEqual({
      actionId: 'id',
      type: 'edit_measure',
      measureId: 'm1',
      revision: 3,
      until: null,
      reason: 'longer',
    })
    expect(makeLift(ban, ' ', 'id')).toEqual({ actionId: 'id', type: 'lift', measureId: 'm1' })
    expect(makeLift(ban, 'sorry', 'id')).toMatchObject({ reason: 'sorry' })
  })

  it('the newest version says who made it what it is', () => {
    const changes = [1, 2].map((revision) => ({ revision, at: revision, by: `op ${revision}`, until: null, reason: 'r' }))
    expect(newestChange({ ...ban, changes })).toMatchObject({ by: 'op 2', at: 2 })
    expect(newestChange(ban)).toMatchObject({ by: 'mo', at: 0 })
  })
})
