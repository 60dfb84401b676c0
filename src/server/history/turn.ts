import type { Span } from './spans.ts'

/** LiveKit tells who speaks by ticks of so many ms: livekit-server's `audio.update_interval`, unless it is set. */
export const TICK_MS = 400
/**
 * A pause shorter than this doesn't end a turn, ms: whoever breathes or thinks falls silent for up to three ticks. Half a tick more, or the jitter of the third would
 * decide. With ticks of 500 ms two are a pause.
 */
export const PAUSE_MS = 3.5 * TICK_MS

/** Somebody's speaking, pauses included. `silentSince`: when they fell silent, which may be a pause; null while they are heard. */
export type Turn = { readonly from: number; readonly silentSince: number | null; readonly peak: number }

/** They are heard at `at` (ms). A turn that is over must have been ended before. */
export function speakOn(turn: Turn | null, at: number, level: number): Turn {
  if (!turn) return { from: at, silentSince: null, peak: level }
  if (turn.silentSince === null && level <= turn.peak) return turn
  return { from: turn.from, silentSince: null, peak: Math.max(turn.peak, level) }
}

/** They are heard no more. */
export function fallSilent(turn: Turn, at: number): Turn {
  return turn.silentSince === null ? { ...turn, silentSince: at } : turn
}

/** Whether the silence has been more than a pause. */
export function isOver({ silentSince }: Turn, at: number): boolean {
  return silentSince !== null && at - silentSince >= PAUSE_MS
}

/**
 * When they spoke, as far as was seen until `at`. What was cut off before a tick was over counts as that tick, because a tick tells of what was just before it; but nothing is
 * known from before `earliest`, when they were seen first.
 */
export function spokenIn({ from, silentSince }: Turn, at: number, earliest: number): Span {
  const to = silentSince ?? at
  return { from: Math.min(from, Math.max(earliest, to - TICK_MS)), to }
}
