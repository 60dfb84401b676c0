import { overlapSpans, totalMs, type Span } from './spans.ts'

/**
 * How much somebody spoke: `speakingMs` of the `observedMs` that were observed of the `presentMs` they were there. `observedShare` and `talkShare` are those as parts, 0 to 1; null where
 * there is nothing to be a part of: of who wasn't observed nobody can say how much they spoke.
 */
export type Talk = {
  readonly presentMs: number
  readonly observedMs: number
  readonly speakingMs: number
  readonly observedShare: number | null
  readonly talkShare: number | null
}

type Known = {
  /** From joining to leaving, or to now, ms. */
  readonly stay: Span
  readonly observed: readonly Span[]
  readonly spoke: readonly Span[]
  /** What was before this (ms) may be forgotten in part, so it doesn't count as observed. */
  readonly wholeSince: number
}

/** Sums up a stay. Only speaking that was observed counts, and each moment once. */
export function sumUpTalk({ stay, observed, spoke, wholeSince }: Known): Talk {
  const watched = overlapSpans(observed, [{ from: Math.max(stay.from, wholeSince), to: stay.to }])
  const presentMs = totalMs([stay])
  const observedMs = totalMs(watched)
  const speakingMs = totalMs(overlapSpans(spoke, watched))
  return { presentMs, observedMs, speakingMs, observedShare: share(observedMs, presentMs), talkShare: share(speakingMs, observedMs) }
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
