import type { Emitter, Unsubscribe } from '#shared/lib/emitter.ts'
import type { LogPosition } from './redis-log.ts'
import { isBefore } from './redis-log-id.ts'

/** For how long a reader may stay where it is while the log is known to go on, ms; an entry takes about one. */
const LAG_MS = 3000

/**
 * Notices a reader whose connection is dead without a word: `reached` tells ids that the log has come to, by this instance's writes and by
 * what others say. Calls `onStuck` when the reader does not move on, again and again until it does.
 */
export function watchLag(
  position: Readonly<LogPosition>,
  reached: Emitter<string>,
  onStuck: () => void,
  lagMs: number = LAG_MS,
): Unsubscribe {
  let { epoch } = position
  let newest = '0-0'
  let timer: NodeJS.Timeout | undefined

  function watch(): void {
    if (position.epoch !== epoch) {
      // Another life of Redis, whose ids may begin anywhere.
      epoch = position.epoch
      newest = '0-0'
    }
    if (timer !== undefined || !isBefore(position.id, newest)) return
    const before = position.id
    timer = setTimeout(() => {
      timer = undefined
      if (position.id === before) onStuck()
      watch()
    }, lagMs)
  }

  const unsubscribe = reached.subscribe((id) => {
    if (isBefore(newest, id)) newest = id
    watch()
  })
  return () => {
    unsubscribe()
    clearTimeout(timer)
  }
}
