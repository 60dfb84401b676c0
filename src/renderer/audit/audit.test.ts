import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '#shared/contract/http-audit.ts'
import { isFiltered, noFilter, queryOf } from './audit-filter.ts'
import { addPage, firstPage, showFresh, takeNewest } from './audit-pages.ts'
import { describeType, entryText, namedTargets } from './audit-view.ts'

function entry(seq: number, change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    seq,
    at: seq,
    endedAt: seq,
    operator: 'mo',
    role: 'moderator',
    type: 'mute',
    actionId: null,
    room: 'lobby',
    targets: [],
    targetCount: 0,
    reason: null,
    text: null,
    result: 'done',
    code: null,
    detail: null,
    why: null,
    measureId: null,
    hash: '',
    ...change,
  }
}
const seqs = (entries: readonly AuditEntry[]) => entries.map(({ seq }) => seq)

describe('the audit, page by page', () => {
  const shown = addPage(firstPage({ entries: [entry(9), entry(8)], next: '8' }), { entries: [entry(8), entry(7)], next: '7' })

  it('grows at its end, each row once', () => {
    expect(seqs(shown.entries)).toEqual([9, 8, 7])
    expect(shown.next).toBe('7')
  })

  it('what is new waits, and what is shown is brought up to date in its place', () => {
    const read = takeNewest(shown, { entries: [entry(11), entry(10), entry(9, { result: 'failed' })], next: '9' })
    expect(seqs(read.entries)).toEqual([9, 8, 7])
    expect(read.entries[0]?.result).toBe('failed')
    expect(seqs(read.fresh)).toEqual([11, 10])
    const applied = showFresh(read)
    expect(seqs(applied.entries)).toEqual([11, 10, 9, 8, 7])
    expect(applied).toMatchObject({ next: '7', fresh: [] })
  })

  it('where more came than a page holds, no row is skipped: the list starts anew', () => {
    const applied = showFresh(takeNewest(shown, { entries: [entry(99), entry(98)], next: '98' }))
    expect(seqs(applied.entries)).toEqual([99, 98])
    expect(applied.next).toBe('98')
  })

  it('into an empty list what comes is shown at once', () => {
    expect(seqs(takeNewest(firstPage({ entries: [] }), { entries: [entry(1)] }).entries)).toEqual([1])
  })
})

describe('a filter', () => {
  it('is the query that it says', () => {
    expect(queryOf(noFilter, 5)).toEqual({})
    expect(isFiltered(noFilter)).toBe(false)
    const filter = { ...noFilter, operator: ' mo ', target: 'ada', result: 'failed' as const, type: 'ban' as const, range: 'hour' as const }
    expect(queryOf(filter, 4_000_000)).toEqual({ operator: 'mo', target: 'ada', result: 'failed', type: 'ban', from: 400_000 })
    expect(isFiltered(filter)).toBe(true)
  })

  it('between two times takes the one that is there', () => {
    const from = '2026-05-04T10:11'
    expect(queryOf({ ...noFilter, range: 'custom', from }, 0)).toEqual({ from: new Date(2026, 4, 4, 10, 11).getTime() })
    expect(queryOf({ ...noFilter, from }, 0)).toEqual({})
  })
})

describe('an entry in words', () => {
  it('names two of those it was about, and counts the rest', () => {
    const many = entry(1, { targetCount: 30, targets: ['a', null, 'c'].map((identity) => ({ identity, ok: true })), result: 'partly' })
    expect(namedTargets(many)).toEqual({ named: ['a', null], others: 28 })
    expect(entryText(many)).toBe('Muted a an erased person and 28 others, partly')
  })

  it('a type that is not known is shown as it is', () => {
    expect(describeType('set_the_mood')).toBe('set the mood')
    expect(describeType('constructor')).toBe('constructor')
  })
})
