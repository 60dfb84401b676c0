import { describe, expect, it } from 'vitest'
import type { Insights } from '#shared/contract/http-insights.ts'
import { createInsightsDesk } from './insights-desk.ts'
import type { ReadInsights } from './insights-reader.ts'

const NOW = 1_800_000_000_000

/** A desk whose answers come when they are let go. */
function openDesk() {
  const asked: { readonly room: string | null; readonly answer: () => void; readonly fail: (why: Error) => void }[] = []
  const read: ReadInsights = ({ room, range }) =>
    new Promise((resolve, reject) => {
      // Of an answer nothing but the question.
      asked.push({ room, answer: () => resolve({ room, from: range.from } as Insights), fail: reject })
    })
  return { asked, ask: createInsightsDesk({ read, describe: (error) => `the database is away: ${String(error)}`, now: () => NOW }) }
}

/** What was started by now. */
const settle = () => new Promise<void>((resolve) => void setImmediate(resolve))

describe('S2.6 who asks for insights', () => {
  it('is answered one after the other, and the same question once', async () => {
    const { asked, ask } = openDesk()
    const answers = Promise.all([ask({ room: 'a' }), ask({ room: 'a' }), ask({ room: 'b' })])
    await settle()
    expect(asked.map(({ room }) => room)).toEqual(['a'])
    asked[0]?.answer()
    await settle()
    expect(asked.map(({ room }) => room)).toEqual(['a', 'b'])
    asked[1]?.answer()
    expect((await answers).map((answer) => answer.ok && answer.value.room)).toEqual(['a', 'a', 'b'])
    void ask({ room: 'a' })
    await settle()
    expect(asked).toHaveLength(3)
  })

  it('is told that the database is away, and the next one is answered', async () => {
    const { asked, ask } = openDesk()
    const answers = Promise.all([ask({ room: 'a' }), ask({ room: 'b' })])
    await settle()
    asked[0]?.fail(new Error('gone'))
    await settle()
    asked[1]?.answer()
    expect(await answers).toMatchObject([{ ok: false, code: 'unavailable', message: 'the database is away: Error: gone' }, { ok: true }])
  })

  it('is turned away where too many wait, and at once where the time is none', async () => {
    const { ask } = openDesk()
    for (let index = 0; index < 8; index += 1) void ask({ room: `room ${index}` })
    expect(await ask({ room: 'one more' })).toMatchObject({ ok: false, code: 'rate_limited' })
    expect(await ask({ from: NOW, to: NOW })).toMatchObject({ ok: false, code: 'invalid' })
  })
})
