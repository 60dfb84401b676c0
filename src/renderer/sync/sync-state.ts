import type { SyncStatus } from '#shared/contract/http-sync.ts'

/** What the indicator says of the sweeps: the worst that is true. */
export type SyncState = 'swept' | 'never' | 'stopped' | 'failing' | 'webhooksMissing'

export function readSyncState(status: SyncStatus): SyncState {
  if (!status.running) return 'stopped'
  if (status.lastError !== null) return 'failing'
  if (status.webhooksMissing) return 'webhooksMissing'
  return status.lastSync === null ? 'never' : 'swept'
}
