import type { FeedDraft } from './feed-draft.ts'
import { LOG_AGE_MS, LOG_LENGTH } from './room-store.ts'

/** How much the kept events may take, in characters of JSON: some tens of thousands of them. */
const LOG_CHARACTERS = 32_000_000

type Kept = { readonly id: number; readonly at: number; readonly text: string }

/** What the feed told, kept in memory for those who come back: as text, which is a fraction of what the objects would take. */
export type FeedLog = {
  /** Ids only grow. */
  readonly append: (id: number, event: FeedDraft) => void
  /** Up to `count` events with an id above `after`, oldest first; null where some of these are gone. */
  readonly read: (after: number, count: number) => readonly { readonly id: number; readonly event: FeedDraft }[] | null
}

/** Keeps an hour, at most 100,000 events. `now` in ms. */
export function createFeedLog(now: () => number, characters = LOG_CHARACTERS): FeedLog {
  let kept: Kept[] = []
  // What is before it is forgotten; the array is cut only now and then.
  let head = 0
  let size = 0
  let forgotten = 0

  function forgetOld(): void {
    const oldest = now() - LOG_AGE_MS
    for (let first = kept[head]; first; first = kept[head]) {
      if (first.at >= oldest && kept.length - head <= LOG_LENGTH && size <= characters) break
      forgotten = first.id
      size -= first.text.length
      head += 1
    }
    if (head < 1000 || head < kept.length / 4) return
    kept = kept.slice(head)
    head = 0
  }

  /** The place of the first event above an id. */
  function placeAfter(id: number): number {
    let [low, high] = [head, kept.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((kept[middle]?.id ?? 0) <= id) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    append(id, event) {
      const text = JSON.stringify(event)
      kept.push({ id, at: now(), text })
      size += text.length
      forgetOld()
    },
    read(after, count) {
      forgetOld()
      if (after < forgotten) return null
      const first = placeAfter(after)
      // What was written here is read as it was.
      return kept.slice(first, first + count).map(({ id, text }) => ({ id, event: JSON.parse(text) as FeedDraft }))
    },
  }
}
