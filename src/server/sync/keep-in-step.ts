import type { FastifyBaseLogger } from 'fastify'
import type { Unsubscribe } from '#shared/lib/emitter.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { ServiceHealth } from '#server/service-health.ts'
import type { SweepReport, SyncService } from './sync-service.ts'

type Options = { readonly rooms: LiveRooms; readonly sync: SyncService; readonly health: ServiceHealth; readonly log: FastifyBaseLogger }

/**
 * Reads the rooms from LiveKit at the start and whenever the store has lost them, and tells through `health` when what is shown may be old.
 * After a loss the screens keep what they had until a whole sweep has succeeded.
 */
export function keepInStep({ rooms, sync, health, log }: Options): Unsubscribe {
  let unread = 0

  async function readAnew(): Promise<void> {
    unread += 1
    const mine = unread
    health.raise('reading', 'the rooms are being read from LiveKit')
    let report = await sync.sweepAnew()
    while (report.failure && mine === unread) report = await nextSweep(sync)
    if (mine !== unread) return
    rooms.settle()
    health.clear('reading')
  }

  const unsubscribe = [
    rooms.reachable.subscribe(({ reachable, why }) => {
      log.warn({ why }, reachable ? 'Redis is back' : 'Redis is away')
      if (reachable) health.clear('store')
      else health.raise('store', 'the sync server has lost Redis: what is shown may be old')
    }),
    rooms.lost.subscribe(() => {
      log.warn('Redis lost what it held: the rooms are read from LiveKit anew')
      void readAnew()
    }),
    sync.swept.subscribe(({ failure }) => {
      if (failure) health.raise('livekit', failure.message)
      else health.clear('livekit')
    }),
  ]
  void readAnew()
  return () => {
    for (const stop of unsubscribe) stop()
  }
}

function nextSweep(sync: SyncService): Promise<SweepReport> {
  return new Promise((resolve) => {
    const unsubscribe = sync.swept.subscribe((report) => {
      unsubscribe()
      resolve(report)
    })
  })
}
