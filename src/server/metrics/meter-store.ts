import type { RoomStore } from '#server/rooms/room-store.ts'
import type { Metrics } from './metrics.ts'

/** The same store, with its commits measured and its conflicts counted. */
export function meterStore(store: RoomStore, metrics: Pick<Metrics, 'commit' | 'commitConflict'>): RoomStore {
  return {
    ...store,
    async commit(record, applied) {
      const began = performance.now()
      const outcome = await store.commit(record, applied)
      metrics.commit(performance.now() - began)
      if (outcome.kind === 'conflict') metrics.commitConflict()
      return outcome
    },
  }
}
