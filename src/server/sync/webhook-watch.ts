import { Emitter } from '#shared/lib/emitter.ts'
import type { FeedType } from '#shared/domain/feed-event.ts'
import type { RoomEvent } from '#server/rooms/room-event.ts'

/** For how long no webhook may come while sweeps find what webhooks should have told, ms. */
const SILENCE_MS = 120_000
/** After how long a webhook is late for what an observer saw, ms. LiveKit sends them within milliseconds, but may have to wait for our answers. */
const LATE_MS = 10_000
/** A webhook that came less than this before an observer saw something may have told just that, ms. */
const BESIDE_MS = 1000

const toldByWebhooks: ReadonlySet<RoomEvent['type'] | FeedType> = new Set([
  'room_started',
  'room_finished',
  'participant_joined',
  'participant_left',
  'participant_connection_aborted',
  'track_published',
  'track_unpublished',
])

/** Whether LiveKit has a webhook for it: of mute, metadata and permission it tells nobody, so that others find them is no sign of lost webhooks. */
export function isToldByWebhooks(type: RoomEvent['type'] | FeedType): boolean {
  return toldByWebhooks.has(type)
}

/** Notices that LiveKit's webhooks don't arrive: a wrong address, key or clock loses them silently. */
export type WebhookWatch = {
  /** A webhook came, here or at another instance, at that time (ms). */
  readonly came: (at: number) => void
  /** A sweep of that time (ms) found so many facts that webhooks should have told. True where they count as missing from now on. */
  readonly swept: (at: number, untold: number) => boolean
  /** An observer saw at that time (ms) what a webhook should tell. True where they count as missing from now on. */
  readonly observed: (at: number) => boolean
  /** Whether something was seen for which no webhook has come, though it should have by then (ms). */
  readonly areLate: (at: number) => boolean
  readonly lastWebhook: () => number | null
  readonly isMissing: () => boolean
  readonly changed: Emitter<void>
}

/** `since`: from when on webhooks can have been heard, ms. */
export function createWebhookWatch(since: number): WebhookWatch {
  const changed = new Emitter<void>()
  let last: number | null = null
  let missing = false
  /** Since when no webhook has come for what observers see. */
  let untoldSince: number | null = null
  function untoldAt(at: number): boolean {
    if (missing || at - Math.max(last ?? 0, since) < SILENCE_MS) return false
    missing = true
    changed.emit()
    return true
  }

  return {
    came(at) {
      last = Math.max(last ?? 0, at)
      untoldSince = null
      if (!missing) return
      missing = false
      changed.emit()
    },
    swept: (at, untold) => untold > 0 && untoldAt(at),
    observed(at) {
      // The webhook may have been quicker, or no slower than the log that tells of this.
      if (last !== null && last > at - BESIDE_MS) return false
      untoldSince ??= at
      return untoldAt(at)
    },
    areLate: (at) => missing || (untoldSince !== null && at - untoldSince >= LATE_MS),
    lastWebhook: () => last,
    isMissing: () => missing,
    changed,
  }
}
