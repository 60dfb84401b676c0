import { expect, it } from 'vitest'
import { createRedaction } from './redaction.ts'

it('takes secrets out of a text, the longer ones whole, and leaves plain words', () => {
  const redaction = createRedaction()
  redaction.hide(['pass-word', 'redis://:pass-word@127.0.0.1', 'secret', 'key'])
  expect(redaction.clean('redis://:pass-word@127.0.0.1 said no to pass-word and pass-word: the secret key')).toBe(
    '[hidden] said no to [hidden] and [hidden]: the secret key',
  )
})
