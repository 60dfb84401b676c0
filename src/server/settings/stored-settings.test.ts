import { describe, expect, it } from 'vitest'
import { defaultAttention } from '#shared/domain/attention.ts'
import { nothingStored, readStored, writeStored } from './stored-settings.ts'

const { thresholds } = defaultAttention
const read = (value: unknown) => readStored(JSON.stringify(value))

describe('stored settings', () => {
  it('are read as they were written', () => {
    const attention = {
      thresholds: { ...thresholds, alone: { on: true, seconds: 7 } },
      patterns: [{ rooms: 'class-*', thresholds: { join_burst: { on: true, people: 3, seconds: 4 } } }],
    }
    expect(readStored(writeStored({ attention, others: {} }))).toEqual({ ok: true, value: { attention, others: {} } })
  })

  it('of an older version have the defaults for what it did not know: all, a rule, a threshold', () => {
    expect(read({})).toEqual({ ok: true, value: nothingStored })
    expect(read({ attention: {} })).toEqual({ ok: true, value: nothingStored })
    const older = { thresholds: { alone: { on: true } }, patterns: [{ rooms: 'a', thresholds: { unconfirmed: { seconds: 7 } } }] }
    expect(read({ attention: older })).toEqual({
      ok: true,
      value: {
        attention: {
          thresholds: { ...thresholds, alone: { on: true, seconds: thresholds.alone.seconds } },
          patterns: [{ rooms: 'a', thresholds: { unconfirmed: { on: true, seconds: 7 } } }],
        },
        others: {},
      },
    })
  })

  it('of a newer version lose nothing that stands beside, when they are written again', () => {
    const newer = { retentionDays: 30, attention: { thresholds: { ...thresholds, later: { on: true } }, patterns: [] } }
    const stored = read(newer)
    expect(stored).toEqual({ ok: true, value: { attention: defaultAttention, others: { retentionDays: 30 } } })
    if (stored.ok) expect(JSON.parse(writeStored(stored.value))).toEqual({ retentionDays: 30, attention: defaultAttention })
  })

  it.each(['', 'no json', 'null', '[]', '"text"', '{"attention":7}', '{"attention":{"thresholds":{"alone":{"on":"yes"}}}}'])(
    'that are %j can’t be read, which is one line',
    (text) => {
      expect(readStored(text)).toMatchObject({ ok: false, code: 'invalid', message: expect.stringMatching(/^[^\n]+$/) })
    },
  )
})
