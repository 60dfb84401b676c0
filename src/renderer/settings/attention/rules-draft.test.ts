import { describe, expect, it } from 'vitest'
import { attentionSettingsSchema, defaultAttention, type AttentionSettings } from '#shared/domain/attention.ts'
import { addLine, moveLine, removeLine, setLine, setLineRule, setRule } from './edit-draft.ts'
import { formatThreshold } from './format-threshold.ts'
import { checkRules, differences, draftOf, fieldPath, isChanged, limits, LINES_LIMIT, roomsPath, type RulesDraft } from './rules-draft.ts'

const settings: AttentionSettings = {
  ...defaultAttention,
  patterns: [
    { rooms: 'support-*', thresholds: { alone: { on: true, seconds: 60 } } },
    { rooms: '*-eu', thresholds: {} },
  ],
}
const draft = draftOf(settings)
const linesOf = (some: RulesDraft) => some.lines.map((line) => line.rooms)
const errorsOf = (some: RulesDraft) => {
  const checked = checkRules(some)
  return checked.ok ? {} : Object.fromEntries(checked.errors)
}

describe('the draft of the attention rules', () => {
  it('says what the settings say until it is edited', () => {
    expect(checkRules(draft)).toEqual({ ok: true, attention: settings })
    expect(isChanged(draft, settings)).toBe(false)
    const edited = setRule(draft, 'alone', { on: true, seconds: 900 })
    expect(isChanged(edited, settings)).toBe(true)
    expect(isChanged(setRule(edited, 'alone', settings.thresholds.alone), settings)).toBe(false)
  })

  it('the limits are those of the contract', () => {
    expect(limits).toEqual({ people: { min: 1, max: 10_000 }, seconds: { min: 1, max: 86_400 } })
    const line = { rooms: 'a', thresholds: {} }
    const withLines = (count: number) =>
      attentionSettingsSchema.safeParse({ ...settings, patterns: Array.from({ length: count }, () => line) })
    expect([withLines(LINES_LIMIT).success, withLines(LINES_LIMIT + 1).success]).toEqual([true, false])
  })

  it.each(['', 0, 86_401, 1.5, 'x'])('the seconds %j are refused beside their field', (seconds) => {
    expect(errorsOf(setRule(draft, 'alone', { on: false, seconds }))).toEqual({ [fieldPath(null, 'alone', 'seconds')]: '1 to 86,400' })
  })

  it('a field of a line is refused at its place, also after the lines were moved', () => {
    const [first] = draft.lines
    if (first === undefined) throw new Error('no line')
    const wrong = setLine(draft, setLineRule(first, 'join_burst', { on: true, people: 0, seconds: 5 }))
    expect(errorsOf(wrong)).toEqual({ [fieldPath(0, 'join_burst', 'people')]: '1 to 10,000' })
    expect(errorsOf(moveLine(wrong, first.id, 1))).toEqual({ [fieldPath(1, 'join_burst', 'people')]: '1 to 10,000' })
  })

  it('a line names rooms, and none that a line further up names', () => {
    expect(errorsOf(addLine(draft, 'new'))).toEqual({ [roomsPath(2)]: 'Which rooms?' })
    const twice = setLine(addLine(draft, 'new'), { id: 'new', rooms: ' *-eu ', rules: {} })
    expect(errorsOf(twice)).toEqual({ [roomsPath(2)]: 'This stands further up already.' })
  })

  it('lines are added, moved within the list, and removed', () => {
    const three = setLine(addLine(draft, 'new'), { id: 'new', rooms: 'vip', rules: {} })
    expect(linesOf(three)).toEqual(['support-*', '*-eu', 'vip'])
    expect(linesOf(moveLine(three, 'new', -1))).toEqual(['support-*', 'vip', '*-eu'])
    expect(moveLine(three, 'new', 1)).toBe(three)
    expect(moveLine(three, 'line-0', -1)).toBe(three)
    expect(linesOf(removeLine(three, 'line-0'))).toEqual(['*-eu', 'vip'])
    expect(isChanged(moveLine(draft, 'line-0', 1), settings)).toBe(true)
  })

  it('a rule is set for some rooms, and let go of', () => {
    const [first] = draft.lines
    if (first === undefined) throw new Error('no line')
    expect(setLineRule(first, 'alone', null).rules).toEqual({})
    expect(Object.keys(setLineRule(first, 'unconfirmed', { on: false, seconds: 5 }).rules)).toEqual(['alone', 'unconfirmed'])
  })

  it('what differs is named', () => {
    const others = { thresholds: { ...settings.thresholds, alone: { on: true, seconds: 1 } }, patterns: [] }
    expect(differences(settings, others)).toEqual(['Alone for long', 'Other rules for some rooms'])
    expect(differences(settings, settings)).toEqual([])
  })

  it.each([
    [15, '15 s', true],
    [90, '90 s', true],
    [600, '10 min', false],
    [5_400, '90 min', false],
    [86_400, '24 h', false],
  ])('%i seconds read %s', (seconds, words, inSeconds) => expect(formatThreshold(seconds)).toEqual({ words, inSeconds }))
})
