import type { FeedEvent } from '#shared/domain/feed-event.ts'

/** A line of a list of events: one event, or what one action did to many. */
export type FeedLine = {
  readonly key: string
  /** The newest of them. */
  readonly event: FeedEvent
  /** All of them, newest first. */
  readonly events: readonly FeedEvent[]
}

/** From how many on what one action did becomes one line: fewer are read as quickly one by one. */
const MANY = 4

/** Makes one line of what one action did to many, where the newest of it stands, so that a bulk action doesn't push all else out of sight. `events`: newest first. */
export function gatherEvents(events: readonly FeedEvent[]): readonly FeedLine[] {
  const lines = new Map<FeedEvent, FeedLine>()
  for (const [key, held] of Map.groupBy(events, keyOf)) {
    const [newest] = held
    if (newest && held.length >= MANY) for (const event of held) lines.set(event, { key, event: newest, events: held })
  }
  return events.flatMap((event) => {
    const line = lines.get(event) ?? lineOf(event)
    return line.event === event ? line : []
  })
}

/** One event as a line. */
export function lineOf(event: FeedEvent): FeedLine {
  return { key: event.data.id, event, events: [event] }
}

/** The same of all that one action did of one kind in one room; events of their own each have their own. */
function keyOf({ type, data }: FeedEvent): string {
  return data.actionId === undefined || data.participant === undefined
    ? data.id
    : JSON.stringify([data.actionId, type, data.room?.name, data.track?.source])
}
