import { describe, expect, it } from 'vitest'
import { createCommitQueue, type CommitFailure } from './redis-commits.ts'

type Sent = { readonly args: readonly string[]; readonly answer: (outcome: readonly string[] | CommitFailure) => void }

function startQueue(now: () => number = Date.now) {
  const sent: Sent[] = []
  const commit = createCommitQueue<string>((_keys, args) => new Promise((resolve) => sent.push({ args, answer: resolve })), now)
  return { sent, ask: (...args: string[]) => commit({ keys: [], args }) }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

describe('the queue of commits', () => {
  it('sends what comes together in one command, and what comes meanwhile in the next', async () => {
    const { sent, ask } = startQueue()
    const first = [ask('a'), ask('b')]
    await turn()
    const later = [ask('c'), ask('d')]
    await turn()
    expect(sent.map(({ args }) => args)).toEqual([['a', 'b']])
    sent[0]?.answer(['A', 'B'])
    expect(await Promise.all(first)).toEqual(['A', 'B'])
    await turn()
    expect(sent.map(({ args }) => args)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    sent[1]?.answer(['C', 'D'])
    expect(await Promise.all(later)).toEqual(['C', 'D'])
  })

  it('has several commands under way where each is full, but not without end', async () => {
    const { sent, ask } = startQueue()
    void ask('first')
    await turn()
    for (let count = 0; count < 64 * 20; count += 1) void ask(String(count))
    await turn()
    expect(sent.map(({ args }) => args.length)).toEqual([1, ...Array.from({ length: 7 }, () => 64)])
  })

  it('ends a command where it has many arguments, and lets one commit have more', async () => {
    const { sent, ask } = startQueue()
    const many = Array.from({ length: 6000 }, () => 'x')
    for (const args of [many, many, [...many, ...many], ['y']]) void ask(...args)
    for (let count = 0; count < 4; count += 1) {
      await turn()
      sent[count]?.answer([])
    }
    expect(sent.map(({ args }) => args.length)).toEqual([6000, 6000, 12_000, 1])
  })

  it('refuses what waited behind a failure or for too long, and goes on after', async () => {
    let time = 0
    const { sent, ask } = startQueue(() => time)
    const failed = ask('a')
    await turn()
    const behind = ask('b')
    sent[0]?.answer({ why: 'away' })
    expect(await Promise.all([failed, behind])).toEqual([{ why: 'away' }, { why: 'away' }])
    void ask('c')
    await turn()
    const late = ask('d')
    time = 1000
    const fresh = ask('e')
    sent[1]?.answer(['C'])
    expect(await late).toEqual({ why: 'Redis is too slow' })
    await turn()
    sent[2]?.answer(['E'])
    expect(await fresh).toBe('E')
  })

  it('survives a sender that throws', async () => {
    let calls = 0
    const commit = createCommitQueue<string>(() => {
      calls += 1
      return calls === 1 ? Promise.reject(new RangeError('too long')) : Promise.resolve(['done'])
    })
    expect(await commit({ keys: [], args: ['a'] })).toEqual({ why: 'RangeError: too long' })
    expect(await commit({ keys: [], args: ['b'] })).toBe('done')
  })
})
