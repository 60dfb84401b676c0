import { describe, expect, it } from 'vitest'
import { actionSchema, type ActionResult, type PendingAction } from '#shared/domain/action.ts'
import type { Connection } from '#shared/domain/connection.ts'
import type { Operator } from '#shared/domain/operator.ts'
import { whyBlocked } from '../app/action-block.ts'
import { canRetry, newOutcomes } from '../app/outcomes.ts'
import { readResult } from '../app/read-result.ts'
import { makePerson } from '../testing/make-facts.ts'
import { countNamesakes } from './arrange-participants.ts'
import { blocksFor } from './deed-blocks.ts'
import { makeAction } from './make-action.ts'
import { outcomeText } from './outcome-text.ts'

const actionId = '3b1f8c0e-8a55-4b1e-9f0c-0d6d0f6f2a11'
const target = { room: 'lobby', roomSid: 'RM_1', person: makePerson('bo') }
const expected = { participantSid: 'PA_bo', roomSid: 'RM_1' }

describe('D3 the action for a deed', () => {
  it.each([
    ['mute', '', { type: 'mute', sources: ['microphone'] }],
    ['mute', ' spam ', { type: 'mute', sources: ['microphone'], reason: 'spam' }],
    ['stop_video', '', { type: 'mute', sources: ['camera'] }],
    ['remove', 'spam', { type: 'remove', reason: 'spam' }],
  ] as const)('%s with the reason %j', (deed, reason, action) => {
    const made = makeAction(deed, target, actionId, reason)
    expect(made).toEqual({ ...action, actionId, room: 'lobby', identity: 'bo', expect: expected })
    expect(actionSchema.safeParse(made).success).toBe(true)
  })
})

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
  ])('%j', (result, outcome) => expect(readResult(result, 9)).toEqual(outcome))

  const entry = (outcome: PendingAction['outcome']): PendingAction => ({
    action: makeAction('stop_video', target, actionId, ''),
    startedAt: 0,
    outcome,
  })
  const failed = (detail: 'participant_gone' | 'unreachable') =>
    entry({ state: 'failed', at: 1, code: 'unavailable', detail, message: 'No.' })

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

  it('can be tried again only where that could end otherwise', () => {
    expect(canRetry(failed('unreachable'))).toBe(true)
    expect(canRetry(failed('participant_gone'))).toBe(false)
    expect(canRetry(entry({ state: 'pending' }))).toBe(false)
  })

  it('is called by its name', () => {
    expect(outcomeText(entry({ state: 'pending' }))).toBe('Stopping')
    expect(outcomeText(failed('unreachable'))).toBe('Stop video failed')
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

  it('what is not on needs no muting, and who is away can’t be acted on', () => {
    const free = { mute: null, stop_video: null, remove: null }
    expect(blocksFor(free, true, { audio: 'on', video: 'off' })).toEqual({ mute: null, stop_video: 'The camera is not on.', remove: null })
    expect(blocksFor(free, false, { audio: 'on', video: 'on' }).remove).toBe('This person is not online.')
  })
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
