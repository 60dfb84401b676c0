import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { may } from '#shared/domain/operator.ts'
import { rereadOpenRoom, showMeasures, useSession } from '../app/session.ts'
import { useFeedNews } from '../app/useFeedNews.ts'
import { bridge } from '../bridge.ts'
import { isOfMeasures } from '../measures/useMeasures.ts'

/** Reads what is in force in the open room again when the feed tells of a measure there, or of one that is everywhere. */
export function useRoomMeasures(room: string): void {
  useFeedNews(
    (event) => isOfMeasures(event) && isHere(event, room),
    () => void readMeasures(room),
  )
}

/** What holds in all rooms is told without a room. */
function isHere({ data }: FeedEvent, room: string): boolean {
  return data.room === undefined || data.room.name === room
}

async function readMeasures(room: string): Promise<void> {
  const { operator } = useSession.getState()
  // A role that may not read measures is told of those in force with the room.
  if (operator === null || !may(operator, 'read_measures')) return rereadOpenRoom()
  try {
    const { measures } = await bridge().listMeasures({ room, active: 'true' })
    showMeasures(room, measures)
  } catch {
    await rereadOpenRoom()
  }
}
