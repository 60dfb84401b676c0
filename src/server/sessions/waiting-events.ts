import { relateCursor } from '#server/feed/cursor.ts'
import type { Batch, LoggedEvent } from './write-batch.ts'

/** How many events wait in memory at the most; beyond that they are read from the log when they can be written. */
const MOST_WAITING = 20_000

/**
 * What the log told and nobody has written, as far as this instance knows. All that was told after `since` is here, in the store's life that it is of; when that is over
 * another follows.
 */
type Life = { since: string; events: LoggedEvent[]; /** Where it ended; null while it lasts. */ end: string | null }

export type WaitingEvents = {
  readonly add: (event: LoggedEvent) => void
  /** The store began another life; the one before was told up to `end`. */
  readonly newLife: (end: string) => void
  /** The first `size` events of the oldest life, and how far the log is written with them. */
  readonly batch: (size: number) => Batch
  /** Up to there the log is written; what waits for no more is dropped. Of another life: nothing. */
  readonly written: (cursor: string) => void
  /** Gives up the oldest life; false where that is the one that lasts. */
  readonly dropLife: () => boolean
  /** Whether there is something of a life that is over. */
  readonly isSplit: () => boolean
  readonly count: () => number
  /** The cursor of the oldest event; null where none waits. */
  readonly oldest: () => string | null
}

/** `cursor`: where the log is now. */
export function createWaitingEvents(cursor: () => string, most = MOST_WAITING): WaitingEvents {
  const first: Life = { since: cursor(), events: [], end: null }
  let lives: [Life, ...Life[]] = [first]

  function count(): number {
    return lives.reduce((sum, { events }) => sum + events.length, 0)
  }

  function dropLife(): boolean {
    const [, second, ...others] = lives
    if (!second) return false
    lives = [second, ...others]
    return true
  }

  function dropEmpty(): void {
    while (lives[0].events.length === 0 && dropLife());
  }

  function lasting(): Life {
    return lives.at(-1) ?? lives[0]
  }

  return {
    add(event) {
      if (count() >= most) lives = [{ since: cursor(), events: [], end: null }]
      else lasting().events.push(event)
    },
    newLife(end) {
      lasting().end = end
      lives = [...lives, { since: cursor(), events: [], end: null }]
      dropEmpty()
    },
    batch(size) {
      const { since, events, end } = lives[0]
      const taken = events.slice(0, size)
      const last = taken.at(-1)
      return { since, events: taken, to: last && taken.length < events.length ? last.cursor : (end ?? cursor()) }
    },
    written(at) {
      // Of a life before that one nothing can be written any more.
      const index = lives.findIndex(({ since }) => relateCursor(at, since) !== 'other')
      for (let before = 0; before < index; before += 1) dropLife()
      const [life] = lives
      if (relateCursor(at, life.since) !== 'reached') return
      const next = life.events.findIndex((event) => relateCursor(at, event.cursor) === 'before')
      life.events.splice(0, next < 0 ? life.events.length : next)
      life.since = at
      dropEmpty()
    },
    dropLife,
    isSplit: () => lives.length > 1,
    count,
    oldest: () => lives.find(({ events }) => events.length > 0)?.events[0]?.cursor ?? null,
  }
}
