import type { SyncStatus } from '#shared/contract/http-sync.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import type { SweepNews } from '#server/rooms/sweep-board.ts'
import type { WebhookWatch } from './webhook-watch.ts'

/** How the sweeps of the whole service have fared since this instance started, whichever instance swept. */
export type SyncRecord = {
  readonly status: () => SyncStatus
  readonly changed: Emitter<SyncStatus>
  readonly isRunning: () => boolean
  readonly setRunning: (running: boolean) => void
  /** A sweep ended, here or elsewhere. */
  readonly swept: (news: SweepNews) => void
  readonly repaired: (count: number) => void
  /** When this instance sweeps next, ms. */
  readonly planned: (next: number) => void
}

type Options = { readonly intervalMs: number; readonly cleanupIntervalMs: number; readonly webhooks: WebhookWatch }

export function createSyncRecord({ intervalMs, cleanupIntervalMs, webhooks }: Options): SyncRecord {
  const changed = new Emitter<SyncStatus>()
  let running = true
  let lastSync: number | null = null
  let nextSync: number | null = null
  let lastCleanup: number | null = null
  let rooms = 0
  let drift = 0
  let repaired = 0
  let errors = 0
  let lastError: string | null = null

  function status(): SyncStatus {
    return {
      running,
      intervalMs,
      cleanupIntervalMs,
      lastSync,
      nextSync: running ? nextSync : null,
      lastCleanup,
      rooms,
      drift,
      repaired,
      errors,
      lastError,
      lastWebhook: webhooks.lastWebhook(),
      webhooksMissing: webhooks.isMissing(),
    }
  }

  const tell = () => changed.emit(status())
  webhooks.changed.subscribe(tell)

  return {
    status,
    changed,
    isRunning: () => running,
    setRunning(now) {
      if (now === running) return
      running = now
      tell()
    },
    swept(news) {
      drift += news.drift
      // Who swept without the lease, as after a start, doesn't know when the next one is.
      nextSync = news.next ?? (nextSync !== null && nextSync <= news.at ? null : nextSync)
      lastCleanup = news.lastCleanup === null ? lastCleanup : Math.max(lastCleanup ?? 0, news.lastCleanup)
      if (news.listed !== null) {
        rooms = news.listed
        lastSync = Math.max(lastSync ?? 0, news.at)
      }
      if (news.error !== null) errors += 1
      if (news.error !== null || news.only === null) lastError = news.error
      tell()
    },
    repaired(count) {
      repaired += count
      tell()
    },
    planned(next) {
      nextSync = next
    },
  }
}
