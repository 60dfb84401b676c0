import { expect, it } from 'vitest'
import { areSignalsOld } from './signals-age.ts'

it.each([
  [null, false],
  [100_000, false],
  [86_000, false],
  [85_001, false],
  [85_000, true],
  [0, true],
])('signals seen at %j are old at 100,000: %j', (seenAt, isOld) => expect(areSignalsOld(seenAt, 100_000)).toBe(isOld))
