import { useEffect, useRef } from 'react'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { useSession } from './session.ts'

/** How long (ms) it stays quiet before something is read again: one action for many is told in many events. */
const CALM = 400
/** How long (ms) it is put off at the most, where it never stays quiet. */
const LONGEST = 3_000

/** Calls back some time after events came that matter; once for many. */
export function useFeedNews(matters: (event: FeedEvent) => boolean, onNews: () => void): void {
  const latest = useRef({ matters, onNews })
  useEffect(() => {
    latest.current = { matters, onNews }
  })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let first: number | null = null
    const stop = useSession.subscribe(({ feed }, { feed: before }) => {
      if (feed === before || !newEvents(before, feed).some((event) => latest.current.matters(event))) return
      first ??= Date.now()
      clearTimeout(timer)
      timer = setTimeout(
        () => {
          first = null
          latest.current.onNews()
        },
        Math.max(0, Math.min(CALM, first + LONGEST - Date.now())),
      )
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [])
}

/** The events that came between two states of the feed. */
function newEvents(before: readonly FeedEvent[], feed: readonly FeedEvent[]): readonly FeedEvent[] {
  const last = before.at(-1)?.data.id
  return feed.slice(feed.findLastIndex((event) => event.data.id === last) + 1)
}
