import { describe, expect, it } from 'vitest'
import type { Action, ActionResult, PendingAction } from '#shared/domain/action.ts'
import { sampleAction } from '../testing/samples.ts'
import { beginAction, FINISHED_LIMIT, followProgress, listUnsettled, settleByFact, settleByResult, type ActionBook } from './action-book.ts'

const action = sampleAction(1)
const { actionId } = action
const begun = beginAction(new Map(), action, 10)
const target = { identity: 'ada' }
const unknown: ActionResult = { ok: false, actionId, code: 'unavailable', detail: 'timeout_unknown', message: 'no answer' }

function outcome(book: ActionBook): PendingAction['outcome'] | undefined {
  return book.get(actionId)?.outcome
}

describe('an action', () => {
  it('is pending when it begins', () => {
    expect(begun.get(actionId)).toEqual({ action, startedAt: 10, outcome: { state: 'pending' } })
  })

  const table: [string, ActionResult, PendingAction['outcome']][] = [
    ['done', { ok: true, actionId, at: 1, targets: [{ ...target, ok: true }] }, { state: 'done', at: 20 }],
    [
      'refused whole',
      { ok: false, actionId, code: 'forbidden', message: 'not you' },
      { state: 'failed', at: 20, code: 'forbidden', message: 'not you' },
    ],
    [
      'failed at its target',
      { ok: true, actionId, at: 1, targets: [{ ...target, ok: false, code: 'not_found', detail: 'participant_gone', message: 'left' }] },
      { state: 'failed', at: 20, code: 'not_found', detail: 'participant_gone', message: 'left' },
    ],
    [
      'failed without a word',
      { ok: true, actionId, at: 1, targets: [{ ...target, ok: false }] },
      { state: 'failed', at: 20, code: 'internal', message: 'it failed, and the sync server did not say why' },
    ],
    ['unanswered', unknown, { state: 'failed', at: 20, code: 'unavailable', detail: 'timeout_unknown', message: 'no answer' }],
  ]
  it.each(table)('that was %s says so', (_name, result, expected) => {
    expect(outcome(settleByResult(begun, actionId, result, 20))).toEqual(expected)
  })

  it('is settled by what comes first: a fact stays, and a late answer changes nothing', () => {
    const done = settleByFact(begun, actionId, 15)
    expect(outcome(done)).toEqual({ state: 'done', at: 15 })
    expect(settleByResult(done, actionId, unknown, 20)).toBe(done)
    expect(settleByFact(done, actionId, 25)).toBe(done)
  })

  it('whose answer was lost is done when a fact names it; one that failed stays failed', () => {
    expect(outcome(settleByFact(settleByResult(begun, actionId, unknown, 20), actionId, 30))).toEqual({ state: 'done', at: 30 })
    const failed = settleByResult(begun, actionId, { ok: false, actionId, code: 'forbidden', message: 'no' }, 20)
    expect(settleByFact(failed, actionId, 30)).toBe(failed)
  })

  describe('for many', () => {
    const many: Action = { actionId, type: 'remove', room: 'lobby', identities: ['ada', 'bo', 'cy'], reason: 'shouting' }
    const sent = beginAction(new Map(), many, 10)
    const targets = [
      { identity: 'ada', ok: true },
      { identity: 'bo', ok: false, code: 'not_found' as const, detail: 'participant_gone' as const, message: 'bo has left' },
      { identity: 'cy', ok: false, code: 'unavailable' as const, message: 'no answer' },
    ]

    it('says how far it is until it is settled, and keeps a result per target', () => {
      const halfway = followProgress(sent, { actionId, done: 2, of: 3, failed: 1 })
      expect(halfway.get(actionId)).toMatchObject({ progress: { done: 2, of: 3, failed: 1 }, outcome: { state: 'pending' } })
      const settled = settleByResult(halfway, actionId, { ok: true, actionId, at: 1, targets }, 20)
      expect(settled.get(actionId)).toMatchObject({ targets, progress: { done: 2 } })
      expect(outcome(settled)).toMatchObject({ state: 'failed', detail: 'participant_gone', message: '2 of 3 failed: bo has left' })
      expect(followProgress(settled, { actionId, done: 3, of: 3, failed: 2 })).toBe(settled)
      expect(followProgress(settled, { actionId: 'another', done: 3, of: 3, failed: 2 })).toBe(settled)
    })

    it('is not done because one of them is', () => {
      expect(settleByFact(sent, actionId, 15)).toBe(sent)
      const ban: Action = { actionId, type: 'ban', room: 'lobby', identity: 'ada', scope: 'room', until: null, reason: 'shouting' }
      const begunBan = beginAction(new Map(), ban, 10)
      expect(settleByFact(begunBan, actionId, 15)).toBe(begunBan)
    })
  })

  it('that nobody here asked for is nothing to the book', () => {
    expect(settleByFact(begun, 'another', 30)).toBe(begun)
  })

  it('is forgotten when a hundred more have finished, but never while it is pending', () => {
    let book = begun
    for (let number = 2; number < FINISHED_LIMIT + 10; number += 1) {
      const next = sampleAction(number)
      book = beginAction(book, next, number)
      book = settleByResult(book, next.actionId, { ok: false, actionId: next.actionId, code: 'forbidden', message: 'no' }, number)
    }
    expect(book.size).toBe(FINISHED_LIMIT + 1)
    expect(outcome(book)).toEqual({ state: 'pending' })
    expect(book.has(sampleAction(2).actionId)).toBe(false)
    expect(book.has(sampleAction(FINISHED_LIMIT + 9).actionId)).toBe(true)
  })

  it('is told to a new window unless it is done', () => {
    const other = sampleAction(2)
    const book = settleByFact(beginAction(begun, other, 11), other.actionId, 12)
    expect(listUnsettled(book).map((entry) => entry.action)).toEqual([action])
  })
})
