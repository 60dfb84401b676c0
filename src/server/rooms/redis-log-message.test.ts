import { describe, expect, it } from 'vitest'
import { readLogMessage } from './redis-log-message.ts'

describe('a message of the log', () => {
  it('is read entry by entry, each with its body as it was, whatever that holds, or with none', () => {
    const body = '{"room":"a b\\n😀"}\n5-0 6-1 life 12 ab12.3 4\n second line'
    const length = Buffer.byteLength(body)
    const read = readLogMessage(Buffer.from(`5-0 6-1 life 12 ab12.3 ${length}\n${body}6-1 6-2 life 0  2\n{}6-2 6-3 life 13 ab12.4 0\n`))
    expect(read).toMatchObject([
      { previous: '5-0', id: '6-1', epoch: 'life', revision: 12, mark: 'ab12.3' },
      { previous: '6-1', id: '6-2', revision: 0, mark: '' },
      { previous: '6-2', id: '6-3', revision: 13, mark: 'ab12.4' },
    ])
    expect(read?.map((entry) => entry.body?.toString())).toEqual([body, '{}', undefined])
  })

  it.each([
    ...['', '\n', 'hello', '{"from":"a"}', '5-0 6-1 life\n{}', '5-0 6-1 life 1 m 2 more\n{}', '{"a": 1}\nx y'],
    ...['5-0 6-1 life 1 m 3\n{}', '5-0 6-1 life 1 m x\n{}', '5-0 6-1 life 1 m 2\n{}\n', '5-0 6-1 life 1 m -4\n{}'],
  ])('anything else is null: %j', (message) => expect(readLogMessage(Buffer.from(message))).toBeNull())
})
