import type { ConnectionQuality } from '#shared/domain/presence.ts'
import type { Signals } from '../observe/signals.ts'

/** How much of the past is kept, ms. */
export const KEPT = 10 * 60_000

/** From a time on (ms) a connection was of that quality. */
export type QualitySpan = { readonly from: number; readonly quality: ConnectionQuality }

/** What this window has seen of somebody since the room was opened: how the connection was, and how long they spoke (ms). `speaksSince`: null while they don't. */
export type Seen = { readonly quality: readonly QualitySpan[]; readonly talkMs: number; readonly speaksSince: number | null }

export type SeenHistory = ReadonlyMap<string, Seen>

const nothing: Seen = { quality: [], talkMs: 0, speaksSince: null }

/** The history with what is seen now (ms). Only those change of whom something else is seen, so a room of thousands costs little. Old signals are no news. */
export function see(history: SeenHistory, signals: Signals, now: number): SeenHistory {
  if (signals.seenAt !== null) return silence(history, now)
  const changed = new Map<string, Seen>()
  const current = (identity: string) => changed.get(identity) ?? history.get(identity) ?? nothing
  for (const [identity, quality] of signals.quality) {
    const seen = current(identity)
    if (seen.quality.at(-1)?.quality !== quality)
      changed.set(identity, { ...seen, quality: [...keep(seen.quality, now), { from: now, quality }] })
  }
  for (const identity of signals.speaking.keys()) {
    const seen = current(identity)
    if (seen.speaksSince === null) changed.set(identity, { ...seen, speaksSince: now })
  }
  for (const [identity, { speaksSince }] of history)
    if (speaksSince !== null && !signals.speaking.has(identity)) changed.set(identity, fallSilent(current(identity), now))
  return changed.size === 0 ? history : new Map([...history, ...changed])
}

/** How long somebody was heard to speak, up to now (ms). */
export function talkedFor({ talkMs, speaksSince }: Seen, now: number): number {
  return talkMs + (speaksSince === null ? 0 : Math.max(0, now - speaksSince))
}

/** A part of the strip: its share of the time shown, from its beginning, and the quality; null: nothing was seen then. */
export type Strip = readonly { readonly start: number; readonly share: number; readonly quality: ConnectionQuality | null }[]

/** The last minutes as parts of one strip, oldest first. `since`: when the window began to look (ms). */
export function stripOf({ quality }: Pick<Seen, 'quality'>, since: number, now: number): Strip {
  const begin = Math.max(since, now - KEPT)
  const length = Math.max(1, now - begin)
  const first: QualitySpan | null = quality[0] === undefined || quality[0].from > begin ? { from: begin, quality: 'unknown' } : null
  const spans = first === null ? quality : [first, ...quality]
  return spans.flatMap((span, index) => {
    const start = Math.max(begin, span.from)
    const end = Math.max(start, spans[index + 1]?.from ?? now)
    const share = (end - start) / length
    return share <= 0 ? [] : [{ start: (start - begin) / length, share, quality: span.quality === 'unknown' ? null : span.quality }]
  })
}

function silence(history: SeenHistory, now: number): SeenHistory {
  const speaking = [...history].filter(([, seen]) => seen.speaksSince !== null)
  if (speaking.length === 0) return history
  return new Map([...history, ...speaking.map(([identity, seen]) => [identity, fallSilent(seen, now)] as const)])
}

function fallSilent(seen: Seen, now: number): Seen {
  return { ...seen, talkMs: talkedFor(seen, now), speaksSince: null }
}

/** The spans that reach into the time that is kept. */
function keep(spans: readonly QualitySpan[], now: number): readonly QualitySpan[] {
  const begin = now - KEPT
  const first = spans.findLastIndex((span) => span.from <= begin)
  return first <= 0 ? spans : spans.slice(first)
}
