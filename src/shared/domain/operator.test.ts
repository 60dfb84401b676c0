import { describe, expect, it } from 'vitest'
import { actionTypeSchema, type Action } from './action.ts'
import type { Measure } from './measure.ts'
import { longestOf, may, whyNot, whyNotMeasure, type Capability, type Operator } from './operator.ts'

/** viewer, support, moderator, admin, service */
const table = {
  look: [true, true, true, true, false],
  read_participants: [true, true, true, true, true],
  read_sessions: [false, true, true, true, false],
  read_people: [false, true, true, true, false],
  write_notes: [false, true, true, true, false],
  invite: [false, true, true, true, false],
  erase_people: [false, false, false, true, false],
  read_measures: [false, true, true, true, true],
  check_measures: [false, true, true, true, true],
  read_audit: [false, false, true, true, false],
  observe_signals: [true, true, true, true, false],
  control_sync: [false, false, false, true, false],
  manage_operators: [false, false, false, true, false],
  change_settings: [false, false, false, true, false],
  broadcast: [false, false, false, true, true],
  issue_tokens: [false, false, false, true, true],
  read_metrics: [false, false, false, true, true],
  mute_track: [false, true, true, true, false],
  mute: [false, true, true, true, false],
  send_message: [false, true, true, true, false],
  deny_sources: [false, true, true, true, false],
  edit_measure: [false, true, true, true, false],
  lift: [false, true, true, true, false],
  unmute: [false, false, true, true, false],
  mute_all: [false, false, true, true, false],
  remove: [false, false, true, true, false],
  set_permissions: [false, false, true, true, false],
  grant_sources: [false, false, true, true, false],
  set_role: [false, false, true, true, false],
  set_metadata: [false, false, true, true, false],
  close_room: [false, false, true, true, false],
  ban: [false, false, true, true, false],
  lock: [false, false, true, true, false],
} as const satisfies Record<Capability, readonly boolean[]>

const roles = ['viewer', 'support', 'moderator', 'admin', 'service'] as const satisfies readonly Operator['role'][]
const who = (role: Operator['role'], name = 'kim'): Operator => ({ name, role })

describe('D7 who may', () => {
  const entries = Object.entries(table).flatMap(([capability, allowed]) =>
    roles.map((role, index) => [capability, role, allowed[index]] as const),
  )
  it.each(entries)('%s as %s: %s', (capability, role, allowed) => {
    // The keys of the table are capabilities.
    expect(may(who(role), capability as Capability)).toBe(allowed)
  })

  it('every action is in the table, and whoever may not is told why', () => {
    for (const type of actionTypeSchema.options) {
      expect(table[type]).toBeDefined()
      // An admin may do everything, whatever it says besides.
      const action = { type, actionId: '', room: 'lobby', until: null } as unknown as Action
      expect(whyNot(who('admin'), action, 0)).toBeNull()
      expect(whyNot(who('viewer'), action, 0)).toContain('viewer')
      expect(whyNot(who('service'), action, 0)).toContain('service')
    }
  })
})

describe('D7 for how long', () => {
  const now = 1_800_000_000_000
  const [hour, days] = [3_600_000, 30 * 86_400_000]
  const imposing = (type: 'ban' | 'deny_sources', until: number | null) =>
    ({ type, actionId: '', room: 'lobby', identity: 'ana', scope: 'room', sources: ['camera'], reason: 'x', until }) as Action

  it.each([
    ['support', 'deny_sources', hour, 'an hour'],
    ['moderator', 'ban', days, '30 days'],
  ] as const)('%s: %s for %i ms at the most, with a minute for clocks that differ', (role, type, ms, words) => {
    const why = (until: number | null) => whyNot(who(role), imposing(type, until), now)
    expect([why(now + 1000), why(now + ms), why(now + ms + 59_000)]).toEqual([null, null, null])
    for (const until of [now + ms + 61_000, null]) expect(why(until)).toContain(words)
    expect(longestOf(who(role), type)).toEqual({ ms, words })
  })

  it.each([
    ['moderator', 'deny_sources'],
    ['admin', 'deny_sources'],
    ['admin', 'ban'],
  ] as const)('%s: %s as long as they like', (role, type) => {
    expect(whyNot(who(role), imposing(type, null), now)).toBeNull()
    expect(longestOf(who(role), type)).toBeNull()
  })

  const measure = { kind: 'deny_sources', by: 'kim', at: now, until: now + hour } as Measure

  it('support changes and lifts its own measures only, and makes none longer than it could impose it', () => {
    expect(whyNotMeasure(who('support'), measure, undefined, now)).toBeNull()
    expect(whyNotMeasure(who('support'), measure, now + hour, now)).toBeNull()
    expect(whyNotMeasure(who('support'), measure, null, now)).toContain('an hour')
    expect(whyNotMeasure(who('support', 'lee'), measure, undefined, now)).toContain('kim')
    expect(whyNotMeasure(who('moderator', 'lee'), measure, null, now)).toBeNull()
    expect(whyNotMeasure(who('moderator', 'lee'), { ...measure, kind: 'ban' }, null, now)).toContain('30 days')
  })

  it('not in steps either: what counts is when it was imposed', () => {
    const later = now + 0.9 * hour
    expect(whyNotMeasure(who('support'), measure, now + hour, later)).toBeNull()
    expect(whyNotMeasure(who('support'), measure, later + hour, later)).toContain('an hour at the most, counted from when it was imposed')
    const ban = { ...measure, kind: 'ban', until: now + days } as Measure
    expect(whyNotMeasure(who('moderator'), ban, now + 31 * 86_400_000, now + 20 * 86_400_000)).toContain(
      '30 days at the most, counted from when it was imposed',
    )
  })

  it('whoever may not impose such a thing makes it shorter only', () => {
    const ban = { ...measure, kind: 'ban', until: now + days } as Measure
    expect(whyNotMeasure(who('support'), ban, now + days + 1, now)).toContain('support')
    expect(whyNotMeasure(who('support'), ban, null, now)).toContain('support')
    expect(whyNotMeasure(who('support'), ban, now + hour, now)).toBeNull()
  })

  it('a moderator makes an endless ban shorter, to 30 days from now at the most', () => {
    const ban = { ...measure, kind: 'ban', by: 'ann', at: now - 90 * 86_400_000, until: null } as Measure
    expect(whyNotMeasure(who('moderator'), ban, now + days, now)).toBeNull()
    expect(whyNotMeasure(who('moderator'), ban, now + 2 * days, now)).toContain('30 days')
    expect(whyNotMeasure(who('moderator'), ban, null, now)).toContain('30 days')
  })
})
