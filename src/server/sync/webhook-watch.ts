import { Emitter } from '#shared/lib/emitter.ts'
import type { RoomEvent } from '#server/rooms/room-event.ts'

/** For how long no webhook may come while sweeps find what webhooks should have told, ms. */
const SILENCE_MS = 120_000

const toldByWebhooks: ReadonlySet<RoomEvent['type']> = new Set([
  'room_started',
  'room_finished',
  'participant_joined',
  'participant_left',
  'participant_connection_aborted',
  'track_published',
  'track_unpublished',
])

/** Whether LiveKit has a webhook for it: of mute, metadata and permission it tells nobody, so that a sweep finds them is no sign of lost webhooks. */
export function isToldByWebhooks(type: RoomEvent['type']): boolean {
  return toldByWebhooks.has(type)
}

/** Notices that LiveKit's webhooks don't arrive: a wrong address, key or clock loses them silently. */
export type WebhookWatch = {
  /** A webhook came, here or at another instance, at that time (ms). */
  readonly came: (at: number) => void
  /** A sweep of that time (ms) found so many facts that webhooks should have told. True where they count as missing from now on. */
  readonly swept: (at: number, untold: number) => boolean
  readonly lastWebhook: () => number | null
  readonly isMissing: () => boolean
  readonly changed: Emitter<void>
}

/** `since`: from when on webhooks can have been heard, ms. */
export function createWebhookWatch(since: number): WebhookWatch {
  const changed = new Emitter<void>()
  let last: number | null = null
  let missing = false
  return {
    came(at) {
      last = Math.max(last ?? 0, at)
      if (!missing) return
      missing = false
      changed.emit()
    },
    swept(at, untold) {
      if (missing || untold === 0 || at - Math.max(last ?? 0, since) < SILENCE_MS) return false
      missing = true
      changed.emit()
      return true
    },
    lastWebhook: () => last,
    isMissing: () => missing,
    changed,
  }
}
