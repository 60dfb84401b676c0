import { describe, expect, it } from 'vitest'
import type { Action, ActionResult, PendingAction } from '#shared/domain/action.ts'
import type { Connection } from '#shared/domain/connection.ts'
import type { ErrorDetail } from '#shared/domain/failure.ts'
import type { Operator } from '#shared/domain/operator.ts'
import { whyBlocked } from '../app/action-block.ts'
import { changeHeld, newestOn, type HeldAction } from '../app/held-action.ts'
import { canRetry, newOutcomes } from '../app/outcomes.ts'
import { readAnswer } from '../app/read-result.ts'
import { undoOf } from '../app/undo.ts'
import { makePerson } from '../testing/make-facts.ts'
import { countNamesakes } from './arrange-participants.ts'
import { resultsOf, retryOf } from './bulk/bulk-results.ts'
import { failureWords, outcomeText, whomText } from './outcome-text.ts'

const actionId = '3b1f8c0e-8a55-4b1e-9f0c-0d6d0f6f2a11'
const another = '7d1f8c0e-8a55-4b1e-9f0c-0d6d0f6f2a11'
const stopVideo: Action = { actionId, type: 'mute', room: 'lobby', identity: 'bo', sources: ['camera'] }
const entry = (outcome: PendingAction['outcome'], action: Action = stopVideo): HeldAction => ({ action, startedAt: 0, outcome })
const failed = (detail: ErrorDetail) => entry({ state: 'failed', at: 1, code: 'unavailable', detail, message: 'No.' })

describe('what became of it', () => {
  it.each<[ActionResult, PendingAction['outcome']]>([
    [
      { ok: true, actionId, at: 7, targets: [{ identity: 'bo', ok: true }] },
      { state: 'done', at: 7 },
    ],
    [
      {
        ok: true,
        actionId,
        at: 7,
        targets: [{ identity: 'bo', ok: false, code: 'not_found', detail: 'participant_gone', message: 'Left.' }],
      },
      { state: 'failed', at: 9, code: 'not_found', detail: 'participant_gone', message: 'Left.' },
    ],
    [
      { ok: false, actionId, code: 'forbidden', message: 'No.' },
      { state: 'failed', at: 9, code: 'forbidden', message: 'No.' },
    ],
  ])('%j', (result, outcome) => expect(readAnswer(result, 9).outcome).toEqual(outcome))

  it('is told once, when it settles', () => {
    const before = new Map([[actionId, entry({ state: 'pending' })]])
    const after = new Map([[actionId, entry({ state: 'done', at: 1 })]])
    expect(newOutcomes(before, after)).toHaveLength(1)
    expect(newOutcomes(after, new Map(after))).toHaveLength(0)
    const late = new Map([[actionId, entry({ state: 'failed', at: 1, code: 'internal', message: 'No.' })]])
    expect(newOutcomes(new Map(), late)).toHaveLength(0)
  })

  it('a success that comes when its row has been let go of is told too, so that it goes again', () => {
    const after = new Map([[actionId, entry({ state: 'done', at: 1 })]])
    expect(newOutcomes(new Map(), after)).toHaveLength(1)
  })

  it('after a timeout a fact proves that it was done; any other failure stays one', () => {
    const done = entry({ state: 'done', at: 2 })
    const timeout = new Map([[actionId, failed('timeout_unknown')]])
    expect(changeHeld(timeout, done, undefined).get(actionId)?.outcome.state).toBe('done')
    expect(newOutcomes(timeout, changeHeld(timeout, done, undefined))).toHaveLength(1)
    const other = new Map([[actionId, failed('unreachable')]])
    expect(changeHeld(other, done, undefined)).toBe(other)
  })

  it('an answer after the push adds what was imposed and each target', () => {
    const held = new Map([[actionId, entry({ state: 'done', at: 1 })]])
    const answer = { ...entry({ state: 'done', at: 2 }), measureId: 'm1', targets: [{ identity: 'bo', ok: true }] }
    expect(changeHeld(held, answer, undefined).get(actionId)).toMatchObject({
      measureId: 'm1',
      targets: [{ ok: true }],
      outcome: { at: 1 },
    })
  })

  it('can be tried again only where that could end otherwise', () => {
    expect(canRetry(failed('unreachable'))).toBe(true)
    expect(canRetry(failed('participant_gone'))).toBe(false)
    expect(canRetry(entry({ state: 'pending' }))).toBe(false)
  })

  it('is called by its name, and by our words for its detail', () => {
    expect(outcomeText(entry({ state: 'pending' }))).toBe('Stopping')
    expect(outcomeText(failed('unreachable'))).toBe('Stop video failed')
    expect(failureWords({ detail: 'remote_unmute_disabled', message: 'x' })).toContain('have to do it themselves')
    expect(failureWords({ message: 'The server’s own words.' })).toBe('The server’s own words.')
  })

  it('stands beside those whom it is about, in its room', () => {
    const held = new Map([[actionId, entry({ state: 'pending' })]])
    expect(newestOn(held, 'lobby', 'bo')?.action).toBe(stopVideo)
    expect(newestOn(held, 'lobby', 'ana')).toBeNull()
    expect(newestOn(held, 'other', 'bo')).toBeNull()
  })
})

describe('X6 the results of an action on many', () => {
  const expect_ = { roomSid: 'RM_1', participantSids: { a: 'PA_a', b: 'PA_b', c: 'PA_c' } }
  const action: Action = { actionId, type: 'remove', room: 'lobby', identities: ['a', 'b', 'c'], reason: 'spam', expect: expect_ }
  const targets = [
    { identity: 'a', ok: true },
    { identity: 'b', ok: false, code: 'not_found', detail: 'participant_gone', message: 'Left.' } as const,
    { identity: 'c', ok: false, code: 'unavailable', detail: 'unreachable', message: 'No.' } as const,
  ]
  const run = { ...entry({ state: 'failed', at: 1, code: 'not_found', message: 'Left.' }, action), targets }

  it('failed ones apart, and what was done is said', () => {
    expect(resultsOf(run).failed.map((one) => one.identity)).toEqual(['b', 'c'])
    expect(outcomeText(run)).toBe('Removed 1 of 3')
    expect(whomText(action, new Map())).toBe('3 people')
  })

  it('a retry is for those for whom it could end otherwise, and means the same stays', () => {
    expect(retryOf(run, another)).toEqual({
      ...action,
      actionId: another,
      identities: ['c'],
      expect: { roomSid: 'RM_1', participantSids: { c: 'PA_c' } },
    })
    expect(retryOf({ action, targets: targets.slice(0, 2) }, another)).toBeNull()
  })

  it('of muting all the failed are muted by name; a lock is in force however it went', () => {
    const all = { actionId, type: 'mute_all', room: 'lobby' } as const
    expect(retryOf({ action: all, targets }, another)).toEqual({
      actionId: another,
      type: 'mute',
      room: 'lobby',
      identities: ['c'],
      sources: ['microphone'],
    })
    const lock = { actionId, type: 'lock', room: 'lobby', sources: ['microphone' as const], reason: 'x', until: null } as const
    expect(retryOf({ action: { ...lock, sources: ['microphone'] }, targets }, another)).toBeNull()
  })
})

describe('what can be undone', () => {
  const bo = makePerson('bo')
  const before = new Map([['bo', bo]])
  const done = { outcome: { state: 'done', at: 1 } } as const
  it('a measure is lifted, a role and permissions are given back; nothing undoes a mute or a failure', () => {
    const ban: Action = { actionId, type: 'ban', room: 'lobby', identity: 'bo', scope: 'room', until: null, reason: 'x' }
    expect(undoOf(ban, { ...done, measureId: 'm1' }, before, another)).toEqual({
      actionId: another,
      room: 'lobby',
      type: 'lift',
      measureId: 'm1',
    })
    expect(undoOf(ban, done, before, another)).toBeNull()
    const role: Action = { actionId, type: 'set_role', room: 'lobby', identity: 'bo', role: 'HOST' }
    expect(undoOf(role, done, before, another)).toMatchObject({ role: 'VIEWER', actionId: another })
    const rights: Action = { actionId, type: 'set_permissions', room: 'lobby', identity: 'bo', permissions: { canPublish: false } }
    expect(undoOf(rights, done, before, another)).toMatchObject({ permissions: { canPublish: true } })
    expect(undoOf(stopVideo, done, before, another)).toBeNull()
    expect(undoOf(role, { outcome: failed('unreachable').outcome }, before, another)).toBeNull()
  })
})

describe('what is blocked says why', () => {
  const admin: Operator = { name: 'ana', role: 'admin' }
  it.each<[Connection['state'], Operator | null, boolean]>([
    ['live', admin, false],
    ['degraded', admin, false],
    ['live', { name: 'vi', role: 'viewer' }, true],
    ['live', { name: 'su', role: 'support' }, true],
    ['live', null, true],
    ['connecting', admin, true],
    ['reconnecting', admin, true],
    ['offline', admin, true],
  ])('%s, %j: removing is blocked: %s', (connection, operator, blocked) =>
    expect(whyBlocked(connection, operator, 'remove') !== null).toBe(blocked),
  )
})

describe('namesakes', () => {
  it('are others who are online and called the same, in any case', () => {
    const people = [
      makePerson('bo', { name: 'Bo' }),
      makePerson('bo2', { name: ' bo ' }),
      makePerson('bo3', { name: 'Bo', isOnline: false }),
    ]
    const first = people[0] ?? makePerson('bo')
    expect(countNamesakes(new Map(people.map((person) => [person.identity, person])), first)).toBe(1)
  })
})
