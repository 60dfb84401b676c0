import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openScene } from './testing/scene.ts'

/** Thresholds of a few seconds, so that what happens meets all of them. */
const thresholds = {
  bad_connections: { on: true, quality: 'poor', people: 2, seconds: 1 },
  banned_attempt: { on: true, seconds: 5 },
  measure_evaded: { on: true, seconds: 7 },
  join_burst: { on: true, people: 2, seconds: 3 },
  alone: { on: true, seconds: 2 },
  unconfirmed: { on: true, seconds: 3 },
} as const

/** How long a mark must stay, and must be gone, s. */
const steady: Readonly<Record<string, { readonly on: number; readonly off: number }>> = {
  bad_connections: { on: 10, off: 10 },
  banned_attempt: { on: 5, off: 0 },
  measure_evaded: { on: 7, off: 0 },
  join_burst: { on: 10, off: 0 },
  alone: { on: 10, off: 10 },
  unconfirmed: { on: 10, off: 10 },
}

const person = fc.constantFrom('ana', 'ben', 'cleo')
const quality = fc.constantFrom('good', 'poor', 'lost', 'unknown')
const step = fc.record({
  pass: fc.constantFrom(0, 0.1, 0.5, 1, 2, 3, 5, 8, 12, 31),
  what: fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('observe'), qualities: fc.dictionary(person, quality) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('join', 'leave'), person }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('confirm') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('enforce'), detail: fc.constantFrom('banned', 'camera') }) },
  ),
}) as fc.Arbitrary<Step>
type Step = {
  readonly pass: number
  readonly what:
    | { readonly kind: 'observe'; readonly qualities: Readonly<Record<string, 'good' | 'poor' | 'lost' | 'unknown'>> }
    | { readonly kind: 'join' | 'leave'; readonly person: string }
    | { readonly kind: 'confirm' }
    | { readonly kind: 'enforce'; readonly detail: string }
}

/** Lets it happen in a room; answers when its marks changed, and what `since` any of them had that was no moment yet. */
async function play(steps: readonly Step[]) {
  const scene = await openScene({ thresholds, patterns: [] })
  const begin = Date.now()
  const here = new Set(['host'])
  const early: unknown[] = []
  await scene.join('lobby', 'host')
  for (const { pass, what } of steps) {
    await scene.pass(pass)
    if (what.kind === 'observe') scene.observe('lobby', what.qualities)
    else if (what.kind === 'confirm') scene.confirm()
    else if (what.kind === 'enforce') await scene.enforce('lobby', what.detail)
    else if (what.kind === 'join') await scene.join('lobby', what.person)
    else if (here.has(what.person)) await scene.leave('lobby', what.person)
    if (what.kind === 'join') here.add(what.person)
    if (what.kind === 'leave') here.delete(what.person)
    const marks = Object.entries(scene.marks('lobby'))
    early.push(...marks.filter(([, [since]]) => since > (Date.now() - begin) / 1000))
  }
  await scene.close()
  return { changes: scene.changes, early }
}

/** Each turn of one rule's mark that came too soon after the one before. */
function hasty(rule: string, changes: readonly { readonly at: number; readonly rules: readonly string[] }[]): unknown[] {
  const turns: { readonly at: number; readonly on: boolean }[] = []
  for (const { at, rules } of changes) {
    const on = rules.includes(rule)
    if (on !== (turns.at(-1)?.on ?? false)) turns.push({ at, on })
  }
  return turns.flatMap((turn, index) => {
    const before = turns[index - 1]
    const least = steady[rule]?.[before?.on ? 'on' : 'off'] ?? 0
    return before && turn.at - before.at < least - 0.0005 ? [{ rule, before, turn }] : []
  })
}

afterEach(() => void vi.useRealTimers())

describe('a mark', () => {
  it('stays as it is for its calm time, whatever happens, and never begins in the future', { timeout: 60_000 }, async () => {
    const seen = new Map<string, number>()
    vi.useFakeTimers()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), async (steps) => {
        const { changes, early } = await play(steps)
        expect(Object.keys(steady).flatMap((rule) => hasty(rule, changes))).toEqual([])
        expect(early).toEqual([])
        expect(vi.getTimerCount()).toBe(0)
        for (const { rules } of changes) for (const rule of rules) seen.set(rule, (seen.get(rule) ?? 0) + 1)
      }),
      { seed: 1, numRuns: 200 },
    )
    // What was played has met every rule.
    expect([...seen.keys()].toSorted()).toEqual(Object.keys(steady).toSorted())
  })
})
