import { describe, expect, it } from 'vitest'
import { attentionRuleSchema } from '#shared/domain/attention.ts'
import { isBreach, isKnownRule, markSeverity, sortMarks } from './mark-severity.ts'
import { tileTrouble } from './tile-trouble.ts'

const mark = (rule: string, since = 0) => ({ rule, since, why: rule })

describe('how severe a mark is', () => {
  it.each([
    ['banned_attempt', 'bad_connections'],
    ['measure_evaded', 'bad_connections'],
    ['bad_connections', 'unconfirmed'],
    ['unconfirmed', 'join_burst'],
    ['join_burst', 'alone'],
    ['bad_connections', 'a rule of a newer server'],
    ['a rule of a newer server', 'unconfirmed'],
  ])('%s more than %s', (more, less) => expect(markSeverity(more)).toBeGreaterThan(markSeverity(less)))

  it('a ban and another measure weigh the same, and they alone are breaches', () => {
    expect(markSeverity('banned_attempt')).toBe(markSeverity('measure_evaded'))
    expect(attentionRuleSchema.options.filter(isBreach)).toEqual(['banned_attempt', 'measure_evaded'])
  })

  it('knows every rule of the contract, and no name that an object happens to have', () => {
    expect(attentionRuleSchema.options.every(isKnownRule)).toBe(true)
    expect(['toString', '__proto__', 'new_rule'].filter(isKnownRule)).toEqual([])
  })

  it('the most severe mark stands first, of equals the newest, and what was given stays as it was', () => {
    const marks = [mark('alone', 9), mark('banned_attempt', 1), mark('new_rule', 5), mark('measure_evaded', 2)]
    expect(sortMarks(marks).map((one) => one.rule)).toEqual(['measure_evaded', 'banned_attempt', 'new_rule', 'alone'])
    expect(marks[0]?.rule).toBe('alone')
  })
})

describe('how loudly a tile asks for attention', () => {
  const lost = { quality: 'lost', count: 1 } as const
  const poor = { quality: 'poor', count: 1 } as const
  it.each([
    ['nothing', [], null, false, 'none'],
    ['a poor connection', [], poor, false, 'warn'],
    ['a lost connection', [], lost, false, 'bad'],
    ['a lost connection of a while ago', [], lost, true, 'none'],
    ['a mark', [mark('alone')], null, true, 'warn'],
    ['a breach', [mark('alone'), mark('banned_attempt')], null, true, 'bad'],
    ['a mark of a newer server', [mark('new_rule')], poor, false, 'warn'],
  ] as const)('%s', (_, attention, worstQuality, isOld, trouble) =>
    expect(tileTrouble({ attention: [...attention], worstQuality }, isOld)).toBe(trouble),
  )
})
