import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuditDraft } from './audit-draft.ts'
import { intentDraft, noteDraft } from './audit-draft.ts'
import { createAuditWriter, type AuditWriter } from './audit-writer.ts'
import { intentOf } from './testing/audit-scene.ts'

const away = () => new Error('the database is away')

describe('the writer of the audit', () => {
  let written: string[]
  let batches: number[]
  let trouble: (drafts: readonly AuditDraft[]) => Error | null
  let lines: string[]
  let writer: AuditWriter
  beforeEach(() => {
    vi.useFakeTimers()
    written = []
    batches = []
    lines = []
    trouble = () => null
    const write = (line: string) => void lines.push(line)
    writer = createAuditWriter({
      store: {
        async append(drafts) {
          await Promise.resolve()
          const error = trouble(drafts)
          if (error) throw error
          batches.push(drafts.length)
          written.push(...drafts.map(({ room }) => room ?? ''))
          return drafts.map(() => true)
        },
      },
      describe: (error) => String(error),
      log: { warn: write, info: write, error: write },
    })
  })
  afterEach(() => vi.useRealTimers())

  const note = (room: string) => noteDraft(intentOf({ room }), null, 1)
  const intent = (room: string) => intentDraft(intentOf({ room }), 1)

  it('writes what waits together, in its order', async () => {
    await Promise.all(Array.from({ length: 120 }, (_, index) => writer.write(() => note(String(index)))))
    expect(written).toEqual(Array.from({ length: 120 }, (_, index) => String(index)))
    expect(batches).toEqual([1, 50, 50, 19])
  })

  it('tries at once again, so that nobody hears of a connection that broke', async () => {
    let tries = 0
    trouble = () => ((tries += 1) === 1 ? away() : null)
    expect(await writer.writeNow(intent('a'))).toBe('written')
    expect(lines).toEqual([])
  })

  it('D6 keeps what was done until the database is back, in its order, and begins nothing meanwhile', async () => {
    trouble = away
    const heard = vi.fn()
    await writer.write(() => note('a'), heard)
    expect(await writer.writeNow(intent('b'))).toMatchObject({
      ok: false,
      code: 'unavailable',
      message: expect.stringContaining('the database is away'),
    })
    await writer.write(() => note('c'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect([written, heard.mock.calls, lines.length]).toEqual([[], [], 1])
    trouble = () => null
    await vi.advanceTimersByTimeAsync(5000)
    expect(written).toEqual(['a', 'c'])
    expect(heard).toHaveBeenCalledWith('written')
    expect(lines.at(-1)).toBe('the audit is written again')
    expect(await writer.writeNow(intent('d'))).toBe('written')
  })

  it('asks the database at once for what begins, however long it has been away', async () => {
    trouble = away
    await writer.write(() => note('a'))
    await vi.advanceTimersByTimeAsync(60_000)
    trouble = () => null
    expect(await writer.writeNow(intent('b'))).toBe('written')
    expect(written).toEqual(['a', 'b'])
  })

  it('leaves out what no database takes, and writes the others', async () => {
    trouble = (drafts) => (drafts.some(({ room }) => room === 'bad') ? Object.assign(new Error('no such text'), { code: '22021' }) : null)
    await Promise.all([writer.write(() => note('a')), writer.write(() => note('bad')), writer.write(() => note('b'))])
    expect(written).toEqual(['a', 'b'])
    expect(lines).toEqual([expect.stringContaining("a row can't be written to the audit and is lost")])
  })

  it('waits at its end for what must still be written, and says what could not be', async () => {
    trouble = away
    await writer.write(() => note('a'))
    const closed = writer.close(5000)
    await vi.advanceTimersByTimeAsync(2000)
    trouble = () => null
    expect(await Promise.race([closed, vi.advanceTimersByTimeAsync(200).then(() => closed)])).toBe(0)
    expect(written).toEqual(['a'])
  })

  it('ends after a while though the database stays away', async () => {
    trouble = away
    await writer.write(() => note('a'))
    const closed = writer.close(5000)
    await vi.advanceTimersByTimeAsync(5000)
    expect(await closed).toBe(1)
  })
})
