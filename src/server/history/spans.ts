/** A stretch of time, ms: from `from` up to `to`. One that doesn't end after it began is empty. */
export type Span = { readonly from: number; readonly to: number }

/** The same time in order: each moment once, what touches made one, empty ones left out. */
export function joinSpans(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    if (to <= from) continue
    const last = joined.at(-1)
    if (last && from <= last.to) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, to) }
    else joined.push({ from, to })
  }
  return joined
}

/** The time that lies in both, as `joinSpans` has it. */
export function overlapSpans(some: readonly Span[], others: readonly Span[]): Span[] {
  const [a, b] = [joinSpans(some), joinSpans(others)]
  const both: Span[] = []
  let [i, j] = [0, 0]
  for (let [left, right] = [a[i], b[j]]; left && right; [left, right] = [a[i], b[j]]) {
    const span = { from: Math.max(left.from, right.from), to: Math.min(left.to, right.to) }
    if (span.to > span.from) both.push(span)
    if (left.to < right.to) i += 1
    else j += 1
  }
  return both
}

/** How long these are together, ms; each moment counts once. */
export function totalMs(spans: readonly Span[]): number {
  return joinSpans(spans).reduce((sum, { from, to }) => sum + to - from, 0)
}
