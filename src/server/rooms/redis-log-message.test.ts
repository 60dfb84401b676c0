import { describe, expect, it } from 'vitest'
import { readLogMessage } from './redis-log-message.ts'

describe('a message of the log', () => {
  it('is read with its body as it was, whatever that holds', () => {
    const body = '{"room":"a b\\n😀"}\n second line'
    const read = readLogMessage(Buffer.from(`5-0 6-1 life 12 ab12.3\n${body}`))
    expect(read).toMatchObject({ previous: '5-0', id: '6-1', epoch: 'life', revision: 12, mark: 'ab12.3' })
    expect(read?.body?.toString()).toBe(body)
    expect(readLogMessage(Buffer.from('5-0 6-1 life 0 \n{}'))).toMatchObject({ mark: '' })
  })

  it.each(['', '\n', 'hello', '{"from":"a"}', '5-0 6-1 life\n{}', '5-0 6-1 life 1 m more\n{}', '{"a": 1}\nx y'])(
    'anything else is null: %j',
    (message) => expect(readLogMessage(Buffer.from(message))).toBeNull(),
  )
})
