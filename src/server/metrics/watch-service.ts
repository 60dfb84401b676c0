import type { ServerSettings } from '#shared/contract/embedded.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import type { Unsubscribe } from '#shared/lib/emitter.ts'
import type { RedisLink } from '#server/redis/connection.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { isCounted, isShown } from '#server/rooms/room-model.ts'
import type { ServiceHealth } from '#server/service-health.ts'
import type { SyncService } from '#server/sync/sync-service.ts'
import { createLogLag } from './log-lag.ts'
import type { Metrics } from './metrics.ts'

type Sources = {
  readonly rooms: LiveRooms
  readonly health: ServiceHealth
  readonly sync: SyncService
  readonly redis: RedisLink | null
  readonly settings: Pick<ServerSettings, 'redisBudget'>
  readonly now?: () => number
}

/** Lets the metrics hear and read what the service's parts know of themselves. */
export function watchService(metrics: Metrics, { rooms, health, sync, redis, settings, now = Date.now }: Sources): Unsubscribe {
  const lag = createLogLag()
  metrics.watch({
    usher_log_lag_seconds: lag.seconds,
    usher_rooms: () => countRooms(rooms),
    usher_webhooks_missing: () => (sync.status().webhooksMissing ? 1 : 0),
    usher_participants_online: () => countOnline(rooms),
  })
  if (redis) {
    metrics.watch({
      usher_redis_commands_total: () => redis.meter.read().commands,
      usher_redis_bytes_total: () => redis.meter.read().bytes,
      usher_redis_budget_commands: () => settings.redisBudget.commandsPerDay,
      usher_redis_up: () => (health.has('store') ? 0 : 1),
    })
  }
  const subscriptions = new Disposables()
  subscriptions.add(
    rooms.told.subscribe(({ data }) => lag.told(data.cursor)),
    sync.swept.subscribe(({ at, drift, failure }) => {
      metrics.drift(drift)
      metrics.sweep(now() - at, failure ? 'failed' : 'ok')
    }),
  )
  return () => subscriptions.dispose()
}

function countRooms(rooms: LiveRooms): number {
  let count = 0
  for (const { room } of rooms.all()) if (room && isShown(room)) count += 1
  return count
}

function countOnline(rooms: LiveRooms): number {
  let count = 0
  for (const { room } of rooms.all()) {
    if (!room) continue
    for (const row of room.participants.values()) if (isCounted(row)) count += 1
  }
  return count
}
