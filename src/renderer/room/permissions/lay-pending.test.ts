import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Action } from '#shared/domain/action.ts'
import type { Measure } from '#shared/domain/measure.ts'
import type { Participant, Permissions } from '#shared/domain/participant.ts'
import { actionsOn, changeHeld, type Held, type HeldAction } from '../../app/held-action.ts'
import { makePerson } from '../../testing/make-facts.ts'
import { findUnconfirmed, layPending } from './lay-pending.ts'
import { applyChange, changeFor, isOn, switchNames, type SwitchName } from './switches.ts'
import { isDenied, measuresAbout } from './turn-switch.ts'

const bo = makePerson('bo')
const start: Permissions = bo.permissions
const lay = (held: Held, person: Participant = bo) => layPending(person, person.permissions, actionsOn(held, 'lobby', person))

let ids = 0
function turn(
  held: Held,
  person: Participant,
  name: SwitchName,
  on: boolean,
): { readonly held: Held; readonly action: Action; readonly change: Partial<Permissions> } {
  ids += 1
  const permissions = changeFor(lay(held, person).permissions, name, on)
  const action = {
    actionId: `a${ids}`,
    type: 'set_permissions',
    room: 'lobby',
    identity: 'bo',
    expect: { participantSid: person.sid },
    permissions,
  } as const
  return { held: changeHeld(held, { ...pending(action), switched: { name, on } }, undefined), action, change: permissions }
}
const pending = (action: Action): HeldAction => ({ action, startedAt: 0, outcome: { state: 'pending' } })
const settle = (held: Held, action: Action, ok: boolean, person: Participant): Held =>
  changeHeld(
    held,
    {
      action,
      startedAt: 0,
      outcome: ok ? { state: 'done', at: 1 } : { state: 'failed', at: 1, code: 'unavailable', detail: 'unreachable', message: 'No.' },
    },
    new Map([['bo', person]]),
  )

describe('a switch', () => {
  it('of a source is computed from all sources, as an empty list means all', () => {
    expect(changeFor(start, 'microphone', false)).toEqual({ canPublishSources: ['camera', 'screen_share', 'screen_share_audio'] })
    expect(changeFor({ ...start, canPublishSources: ['camera', 'screen_share', 'screen_share_audio'] }, 'microphone', true)).toEqual({
      canPublishSources: [],
    })
  })

  it('that takes the last source takes the right to publish, as an empty list would give all', () => {
    expect(changeFor({ ...start, canPublishSources: ['microphone'] }, 'microphone', false)).toEqual({ canPublish: false })
    expect(changeFor({ ...start, canPublish: false }, 'microphone', true)).toEqual({ canPublish: true, canPublishSources: ['microphone'] })
  })

  it('turned is what it says, whatever was before', () => {
    fc.assert(
      fc.property(
        fc.subarray(['microphone', 'camera', 'screen_share', 'screen_share_audio'] as const),
        fc.boolean(),
        fc.constantFrom(...switchNames),
        fc.boolean(),
        (sources, canPublish, name, on) => {
          const before = { ...start, canPublish, canPublishSources: [...sources] }
          const after = { ...before, ...changeFor(before, name, on) }
          // To publish at all is the one switch that the others hang on.
          if (name !== 'canPublish')
            for (const other of switchNames)
              if (other !== name && other !== 'canPublish') expect(isOn(after, other)).toBe(isOn(before, other))
          expect(isOn(after, name)).toBe(on)
        },
      ),
    )
  })
})

describe('S2.4 what is on its way', () => {
  it('shows at once as pending, and never touches the facts', () => {
    const { held } = turn(new Map(), bo, 'microphone', false)
    const laid = lay(held)
    expect([isOn(laid.permissions, 'microphone'), [...laid.pending]]).toEqual([false, ['microphone']])
    expect(bo.permissions).toBe(start)
  })

  it('two quick turns don’t undo each other', () => {
    const first = turn(new Map(), bo, 'microphone', false)
    const second = turn(first.held, bo, 'camera', false)
    expect(second.change.canPublishSources).toEqual(['screen_share', 'screen_share_audio'])
    expect([...lay(second.held).pending].toSorted()).toEqual(['camera', 'microphone'])
  })

  it('goes back when it is refused, with the reason beside its switch, until it is tried again', () => {
    const { held, action } = turn(new Map(), bo, 'camera', false)
    const refused = settle(held, action, false, bo)
    expect(lay(refused).permissions).toEqual(start)
    expect(lay(refused).refused.get('camera')?.action).toBe(action)
    const again = turn(refused, bo, 'camera', false)
    expect(lay(again.held).refused.size).toBe(0)
  })

  it('that was acknowledged stays pending until its fact, or any newer one of the person', () => {
    const { held, action } = turn(new Map(), bo, 'camera', false)
    const acked = settle(held, action, true, bo)
    expect(lay(acked).pending.has('camera')).toBe(true)
    expect(findUnconfirmed(acked.get(action.actionId) ?? pending(action), new Map([['bo', bo]]))).toBe(bo)
    // Another operator was last: their fact is the truth.
    const theirs = { ...bo, permissions: { ...start, canSubscribe: false } }
    expect(lay(acked, theirs)).toMatchObject({ permissions: theirs.permissions, pending: new Set() })
  })

  it('whose fact came first is settled by its acknowledgement', () => {
    const { held, action } = turn(new Map(), bo, 'camera', false)
    const fact = { ...bo, permissions: { ...start, ...changeFor(start, 'camera', false) } }
    const acked = settle(held, action, true, fact)
    expect(lay(acked, fact)).toMatchObject({ permissions: fact.permissions, pending: new Set() })
    expect(findUnconfirmed(acked.get(action.actionId) ?? pending(action), new Map([['bo', fact]]))).toBeNull()
  })

  it('is not laid over another stay of the same identity', () => {
    const { held } = turn(new Map(), bo, 'camera', false)
    expect(lay(held, { ...bo, sid: 'PA_later' }).pending.size).toBe(0)
  })

  it('a role shows as pending, and goes back', () => {
    const action: Action = { actionId: 'r', type: 'set_role', room: 'lobby', identity: 'bo', role: 'HOST' }
    const held: Held = new Map([['r', pending(action)]])
    expect(lay(held)).toMatchObject({ role: 'HOST', isRolePending: true })
    expect(lay(settle(held, action, false, bo))).toMatchObject({ role: 'VIEWER', isRolePending: false, roleRefused: { action } })
  })

  type Step = { readonly name: SwitchName; readonly on: boolean; readonly ok: boolean; readonly theirs: boolean }
  const step = fc.record<Step>({ name: fc.constantFrom(...switchNames), on: fc.boolean(), ok: fc.boolean(), theirs: fc.boolean() })

  it('turns, acknowledgements, refusals, facts and another operator in any order end equal to the facts', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.infiniteStream(fc.nat(3)), (steps, choices) => {
        /** What LiveKit has; the facts follow it late. */
        let truth = start
        let person = bo
        let held: Held = new Map()
        const facts: Permissions[] = []
        const answers: { readonly action: Action; readonly ok: boolean }[] = []
        const waiting = [...steps]
        const hear = (permissions: Permissions) => {
          person = makePerson('bo', { permissions })
        }
        const change = (by: Partial<Permissions>) => {
          truth = applyChange(truth, by)
          facts.push(truth)
        }
        const next = () => Number(choices.next().value)
        while (waiting.length > 0 || facts.length > 0 || answers.length > 0) {
          const choice = next()
          if (choice === 0 && answers.length > 0) {
            const [answer] = answers.splice(next() % answers.length, 1)
            if (answer !== undefined) held = settle(held, answer.action, answer.ok, person)
          } else if (choice === 1 && facts.length > 0) hear(facts.shift() ?? truth)
          else {
            const turned = waiting.shift()
            if (turned === undefined) continue
            const { name, on, ok, theirs } = turned
            if (theirs) change(changeFor(truth, name, on))
            else {
              const sent = turn(held, person, name, on)
              ;({ held } = sent)
              answers.push({ action: sent.action, ok })
              if (ok) change(sent.change)
            }
          }
        }
        // What was acknowledged and whose fact is not there is read anew.
        const people = () => new Map([['bo', person]])
        if ([...held.values()].some((entry) => findUnconfirmed(entry, people()) !== null)) hear({ ...truth })
        const laid = lay(held, person)
        expect(laid.permissions).toEqual(truth)
        expect(laid.pending.size).toBe(0)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('what measures deny', () => {
  const measure = (change: Partial<Measure>): Measure => ({
    id: 'm1',
    kind: 'deny_sources',
    scope: 'room',
    room: 'lobby',
    identity: 'bo',
    sources: ['microphone'],
    until: null,
    reason: 'x',
    by: 'ana',
    at: 0,
    revision: 1,
    ...change,
  })
  it('is known by person, room, exemption and time', () => {
    const about = (change: Partial<Measure>) => isDenied('microphone', measuresAbout([measure(change)], 'lobby', bo, 100))
    expect(about({})).toBe(true)
    expect(about({ identity: 'ana' })).toBe(false)
    expect(about({ until: 99 })).toBe(false)
    expect(about({ sources: ['camera'] })).toBe(false)
    expect(about({ kind: 'lock' })).toBe(true)
    expect(about({ kind: 'lock', except: { roles: ['VIEWER'] } })).toBe(false)
  })
})
