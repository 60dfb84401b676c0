import { roomsPageSchema } from '#shared/contract/http.ts'
import { succeed, type Result } from '#shared/domain/failure.ts'
import { roomDetailSchema, type RoomDetail, type RoomSummary } from '#shared/domain/room.ts'
import { askServer } from '../link/http-client.ts'
import type { Endpoint } from '../link/link.ts'

const PAGE = 1000

/** All live rooms over HTTP, page by page. */
export async function readRooms(endpoint: Endpoint): Promise<Result<RoomSummary[]>> {
  const rooms: RoomSummary[] = []
  let after: string | undefined
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after === undefined ? {} : { after }) })
    const page = await askServer(endpoint, { path: `/api/rooms?${query}`, answer: roomsPageSchema, what: 'the rooms' })
    if (!page.ok) return page
    rooms.push(...page.value.rooms)
    after = page.value.next
  } while (after !== undefined)
  return succeed(rooms)
}

/** One room whole; `not_found` where it isn't live. */
export function readRoom(endpoint: Endpoint, room: string): Promise<Result<RoomDetail>> {
  return askServer(endpoint, { path: `/api/rooms/${encodeURIComponent(room)}`, answer: roomDetailSchema, what: 'a room' })
}
