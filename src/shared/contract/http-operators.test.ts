import { describe, expect, it } from 'vitest'
import { operatorNameSchema } from './http-operators.ts'

describe('an operator’s name', () => {
  it.each([
    ['  Ana Núñez ', 'Ana Núñez'],
    ['a', 'a'],
    ['👩‍🚀 Zoë', '👩‍🚀 Zoë'],
    ['🙂'.repeat(80), '🙂'.repeat(80)],
    ['Zoe\u0308', 'Zoë'],
  ])('may be %j', (given, name) => {
    expect(operatorNameSchema.parse(given)).toBe(name)
  })

  it.each(['', '   ', 'x'.repeat(81), 'a\nb', 'a\u0000', 'a\u001b[31mb', 'ana\u202eroot', 'an\u200ba', 'a\ud800', 'Admin', ' service'])(
    'may not be %j',
    (name) => {
      expect(operatorNameSchema.safeParse(name).success).toBe(false)
    },
  )
})
