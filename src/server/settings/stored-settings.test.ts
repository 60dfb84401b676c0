import { describe, expect, it } from 'vitest'
import { defaultAttention } from '#shared/domain/attention.ts'
import { nothingStored, readStored, salvageStored, writeStored } from './stored-settings.ts'

const { thresholds } = defaultAttention
const read = (value: unknown) => readStored(JSON.stringify(value))

describe('stored settings', () => {
  it('are read as they were written', () => {
    const attention = {
      thresholds: { ...thresholds, alone: { on: true, seconds: 7 } },
      patterns: [{ rooms: 'class-*', thresholds: { join_burst: { on: true, people: 3, seconds: 4 } } }],
    }
    const service = { attention, enforcement: 'dry-run', retentionDays: 7, others: {} } as const
    expect(readStored(writeStored(service))).toEqual({ ok: true, value: service })
  })

  it('of an older version have the defaults for what it did not know: all, a rule, a threshold', () => {
    expect(read({})).toEqual({ ok: true, value: nothingStored })
    expect(read({ attention: {} })).toEqual({ ok: true, value: nothingStored })
    const older = { thresholds: { alone: { on: true } }, patterns: [{ rooms: 'a', thresholds: { unconfirmed: { seconds: 7 } } }] }
    expect(read({ attention: older })).toEqual({
      ok: true,
      value: {
        ...nothingStored,
        attention: {
          thresholds: { ...thresholds, alone: { on: true, seconds: thresholds.alone.seconds } },
          patterns: [{ rooms: 'a', thresholds: { unconfirmed: { on: true, seconds: 7 } } }],
        },
      },
    })
  })

  it('of a newer version lose nothing that stands beside, when they are written again', () => {
    const newer = { later: 30, enforcement: 'off', attention: { thresholds: { ...thresholds, later: { on: true } }, patterns: [] } }
    const stored = read(newer)
    expect(stored).toEqual({ ok: true, value: { ...nothingStored, enforcement: 'off', others: { later: 30 } } })
    if (stored.ok)
      expect(JSON.parse(writeStored(stored.value))).toEqual({
        later: 30,
        attention: defaultAttention,
        enforcement: 'off',
        retentionDays: 90,
      })
  })

  it.each([
    '',
    'no json',
    'null',
    '[]',
    '"text"',
    '{"attention":7}',
    '{"enforcement":"maybe"}',
    '{"retentionDays":0}',
    '{"attention":{"thresholds":{"alone":{"on":"yes"}}}}',
  ])('that are %j can’t be read, which is one line', (text) => {
    expect(readStored(text)).toMatchObject({ ok: false, code: 'invalid', message: expect.stringMatching(/^[^\n]+$/) })
  })

  it.each([
    ['{"attention":7,"enforcement":"off","retentionDays":400}', 'off', 400],
    ['{"attention":7}', 'on', 90],
    ['{"enforcement":"maybe","retentionDays":0}', 'on', 36_500],
    ['no json', 'on', 36_500],
  ] as const)('that are %j leave the switch as far as it can be read, and erase nothing by mistake', (text, enforcement, retentionDays) => {
    expect(salvageStored(text)).toEqual({ ...nothingStored, enforcement, retentionDays })
  })
})
