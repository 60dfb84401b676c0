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

/** What was seen of one person later than the fact `basis`: it counts until the next fact. */
export type Overlay = {
  readonly basis: Participant | undefined
  readonly muted: ReadonlyMap<string, boolean>
  readonly permissions: Permissions | null
}

/** The live side of the open room, beside the facts. */
export type Signals = {
  readonly speaking: ReadonlyMap<string, number>
  readonly quality: ReadonlyMap<string, ConnectionQuality>
  readonly overlays: ReadonlyMap<string, Overlay>
}

export const noSignals: Signals = { speaking: new Map(), quality: new Map(), overlays: new Map() }

/** The signals after one more. `fact` is what the facts hold of that person now. */
export function applySignal(signals: Signals, signal: Signal, fact: Participant | undefined): Signals {
  switch (signal.type) {
    case 'speakers':
      return { ...signals, speaking: new Map(signal.speakers.map((speaker) => [speaker.identity, speaker.level])) }
    case 'quality':
      return { ...signals, quality: new Map(signals.quality).set(signal.identity, signal.quality) }
    case 'track_muted': {
      const overlay = currentOverlay(signals, signal.identity, fact)
      return withOverlay(signals, signal.identity, { ...overlay, muted: new Map(overlay.muted).set(signal.trackSid, signal.muted) })
    }
    case 'permissions':
      return withOverlay(signals, signal.identity, { ...currentOverlay(signals, signal.identity, fact), permissions: signal.permissions })
    case 'left':
      return {
        speaking: without(signals.speaking, signal.identity),
        quality: without(signals.quality, signal.identity),
        overlays: without(signals.overlays, signal.identity),
      }
    default:
      return assertNever(signal, 'signal')
  }
}

/** The server's presence in the same form: what is used where no observer of our own is in the room. */
export function signalsOfPresence(presence: Presence | null): Signals {
  if (presence === null) return noSignals
  return {
    speaking: new Map(presence.speaking.map((speaker) => [speaker.identity, speaker.level])),
    quality: new Map(presence.quality.map((entry) => [entry.identity, entry.quality])),
    overlays: new Map(),
  }
}

function currentOverlay(signals: Signals, identity: string, fact: Participant | undefined): Overlay {
  const held = signals.overlays.get(identity)
  return held !== undefined && held.basis === fact ? held : { basis: fact, muted: new Map(), permissions: null }
}

function withOverlay(signals: Signals, identity: string, overlay: Overlay): Signals {
  return { ...signals, overlays: new Map(signals.overlays).set(identity, overlay) }
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  if (!map.has(key)) return map
  const next = new Map(map)
  next.delete(key)
  return next
}
