import { useState } from 'react'
import type { RoomSummary } from '#shared/domain/room.ts'
import { useSession } from '../app/session.ts'

/** A room of the wall. One that ended while the order was held is shown as it was last. */
export function useWallRoom(room: string): { readonly summary: RoomSummary | undefined; readonly hasEnded: boolean } {
  const now = useSession((state) => state.rooms?.get(room))
  const [last, setLast] = useState(now)
  if (now !== undefined && now !== last) setLast(now)
  return { summary: now ?? last, hasEnded: now === undefined }
}
