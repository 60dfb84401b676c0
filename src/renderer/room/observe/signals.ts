import type { Participant, Permissions } from '#shared/domain/participant.ts'
import type { ConnectionQuality, Presence, Speaker } from '#shared/domain/presence.ts'
import { assertNever } from '#shared/lib/assert-never.ts'

/** What the open room's observer tells, as plain data. */
export type Signal =
  | { readonly type: 'speakers'; readonly speakers: readonly Speaker[] }
  | { readonly type: 'quality'; readonly identity: string; readonly quality: ConnectionQuality }
  | { readonly type: 'track_muted'; readonly identity: string; readonly trackSid: string; readonly muted: boolean }
  | { readonly type: 'permissions'; readonly identity: string; readonly permissions: Permissions }
  | { readonly type: 'left'; readonly identity: string }

/** How long before a fact a sighting may have come and still be the newer of the two, ms: the server's word of what LiveKit told takes longer than LiveKit's own. */
const LEAD_MS = 1000

/** What was seen of one person later than the fact `basis`: it counts until the next fact. `at`: when the last of it was seen, ms. */
export type Overlay = {
  readonly basis: Participant | undefined
  readonly at: number
  readonly muted: ReadonlyMap<string, boolean>
  readonly permissions: Permissions | null
}

/** The live side of the open room, beside the facts. `seenAt`: when that was (ms), where it is too long ago to be what happens now; else null. */
export type Signals = {
  readonly seenAt: number | null
  readonly speaking: ReadonlyMap<string, number>
  readonly quality: ReadonlyMap<string, ConnectionQuality>
  readonly overlays: ReadonlyMap<string, Overlay>
}

export const noSignals: Signals = { seenAt: null, speaking: new Map(), quality: new Map(), overlays: new Map() }

/** What the facts hold of somebody now. */
type FactOf = (identity: string) => Participant | undefined

/** The signals after a batch, in its order, which came at `now` (ms). */
export function applySignals(signals: Signals, batch: readonly Signal[], factOf: FactOf, now: number): Signals {
  // One copy for the whole batch: LiveKit tells the quality of everybody in a room at once.
  const draft: Draft = { speaking: new Map(signals.speaking), quality: new Map(signals.quality), overlays: new Map(signals.overlays) }
  for (const signal of batch) apply(draft, signal, factOf, now)
  return { ...signals, ...draft }
}

type Parts = Omit<Signals, 'seenAt'>
type Draft = { readonly [Part in keyof Parts]: Parts[Part] extends ReadonlyMap<infer Key, infer Value> ? Map<Key, Value> : never }

function apply(draft: Draft, signal: Signal, factOf: FactOf, now: number): void {
  switch (signal.type) {
    case 'speakers':
      draft.speaking.clear()
      for (const speaker of signal.speakers) draft.speaking.set(speaker.identity, speaker.level)
      return
    case 'quality':
      draft.quality.set(signal.identity, signal.quality)
      return
    case 'track_muted': {
      const overlay = currentOverlay(draft, signal.identity, factOf(signal.identity))
      draft.overlays.set(signal.identity, { ...overlay, at: now, muted: new Map(overlay.muted).set(signal.trackSid, signal.muted) })
      return
    }
    case 'permissions': {
      const overlay = currentOverlay(draft, signal.identity, factOf(signal.identity))
      draft.overlays.set(signal.identity, { ...overlay, at: now, permissions: signal.permissions })
      return
    }
    case 'left':
      for (const part of [draft.speaking, draft.quality, draft.overlays]) part.delete(signal.identity)
      return
    default:
      assertNever(signal, 'signal')
  }
}

/** The signals after new facts came at `now` (ms): what was seen just before them is newer all the same, and stays; the rest of what was seen is told by now. */
export function keepNewer(signals: Signals, factOf: FactOf, now: number): Signals {
  if ([...signals.overlays].every(([identity, { basis }]) => basis === factOf(identity))) return signals
  const overlays = new Map<string, Overlay>()
  for (const [identity, overlay] of signals.overlays) {
    const fact = factOf(identity)
    if (overlay.basis === fact || (fact && now - overlay.at <= LEAD_MS)) overlays.set(identity, { ...overlay, basis: fact })
  }
  return { ...signals, overlays }
}

/** The server's presence in the same form: what is used where no observer of our own is in the room. `isOld`: it is too old to be what happens now. */
export function signalsOfPresence(presence: Presence | null, isOld: boolean): Signals {
  if (presence === null) return noSignals
  return {
    seenAt: isOld ? presence.at : null,
    speaking: new Map(presence.speaking.map((speaker) => [speaker.identity, speaker.level])),
    quality: new Map(presence.quality.map((entry) => [entry.identity, entry.quality])),
    overlays: new Map(),
  }
}

function currentOverlay(signals: Parts, identity: string, fact: Participant | undefined): Overlay {
  const held = signals.overlays.get(identity)
  return held !== undefined && held.basis === fact ? held : { basis: fact, at: 0, muted: new Map(), permissions: null }
}
