import type { FastifyBaseLogger } from 'fastify'
import { Disposables } from '#shared/lib/disposables.ts'
import type { Unsubscribe } from '#shared/lib/emitter.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { ServiceHealth } from '#server/service-health.ts'
import type { Sweep } from './sweeper.ts'
import type { SyncService } from './sync-service.ts'

type Options = {
  readonly rooms: LiveRooms
  readonly sync: SyncService
  readonly health: ServiceHealth
  /** Called when the rooms have been read, before this server vouches for them. */
  readonly read: () => void
  readonly log: FastifyBaseLogger
}

/**
 * Reads the rooms from LiveKit at the start, when the store was away and when it has lost them, and tells through `health` when what is shown
 * may be old. After a loss the screens keep what they had until whole sweeps have succeeded.
 */
export function keepInStep({ rooms, sync, health, read, log }: Options): { readonly firstRead: Promise<void>; readonly stop: Unsubscribe } {
  let newest = 0

  /** Clears the trouble at its end, also that of an earlier reading which it took the place of. */
  async function readAnew(trouble: 'reading' | 'checking', found: 'silent' | 'told'): Promise<void> {
    newest += 1
    const mine = newest
    health.raise(trouble, 'the sync server is reading the rooms from LiveKit')
    let report = await sync.sweepAnew(found)
    // Who is missing from a list is gone only when the next one misses them too.
    while ((report.failure || report.missing > 0) && mine === newest) {
      const succeeded = report.failure === null
      report = await nextSweep(sync)
      if (succeeded && report.failure === null) break
    }
    if (mine !== newest) return
    rooms.settle()
    await rooms.caughtUp()
    read()
    if (mine !== newest) return
    health.clear('reading')
    health.clear('checking')
  }

  // Before its status is logged: that a start reads the rooms is no news, and one that fails says one line.
  const firstRead = readAnew([...rooms.all()].length > 0 ? 'checking' : 'reading', 'silent')
  const subscriptions = new Disposables()
  subscriptions.add(
    rooms.reachable.subscribe(({ reachable, why }) => {
      log.warn({ why }, reachable ? 'Redis is back' : 'Redis is away')
      if (!reachable) return health.raise('store', 'the sync server has lost Redis')
      // LiveKit may have given up on webhooks meanwhile. The feed has told everything before, so what these would have told is news.
      void readAnew('checking', 'told')
      health.clear('store')
    }),
    rooms.lost.subscribe(() => {
      log.warn('Redis lost what it held: the rooms are read from LiveKit anew')
      void readAnew('reading', 'silent')
    }),
    health.changed.subscribe(({ state, why }) => log.info({ state, why }, 'service status')),
    sync.failing.subscribe((why) => {
      if (why === null) health.clear('livekit')
      else health.raise('livekit', why)
    }),
  )
  return {
    firstRead,
    stop: () => subscriptions.dispose(),
  }
}

function nextSweep(sync: SyncService): Promise<Sweep> {
  return new Promise((resolve) => {
    const unsubscribe = sync.swept.subscribe((report) => {
      unsubscribe()
      resolve(report)
    })
  })
}
