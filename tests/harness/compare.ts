import { ParticipantInfo_State } from '@livekit/protocol'
import type { RoomServiceClient } from 'livekit-server-sdk'
import type { ConsoleClient } from './console-client.ts'

/** Who is in which room, as LiveKit lists it: room -> identities, sorted. */
export async function listedByLivekit(api: RoomServiceClient): Promise<Record<string, string[]>> {
  const rooms = await api.listRooms()
  const entries = await Promise.all(
    rooms.map(async ({ name }) => {
      const people = await api.listParticipants(name)
      const active = people.filter((person) => person.state === ParticipantInfo_State.ACTIVE && !person.permission?.hidden)
      return [name, active.map(({ identity }) => identity).toSorted()] as const
    }),
  )
  return Object.fromEntries(entries)
}

/** The same, as a console's sync server shows it. */
export async function shownByServer(url: string, token: string): Promise<Record<string, string[]>> {
  const get = async (path: string): Promise<unknown> =>
    (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })).json()
  // Answers of our own server, whose shapes other tests check.
  const { rooms } = (await get('/api/rooms?limit=1000')) as { rooms: { room: string }[] }
  const entries = await Promise.all(
    rooms.map(async ({ room }) => {
      const { participants } = (await get(`/api/rooms/${encodeURIComponent(room)}`)) as {
        participants: { identity: string; isOnline: boolean }[]
      }
      const online = participants.filter(({ isOnline }) => isOnline).map(({ identity }) => identity)
      return [room, online.toSorted()] as const
    }),
  )
  return Object.fromEntries(entries)
}

/** How many people each room of a console's wall says are online. */
export function countsShown(client: ConsoleClient): Record<string, number> {
  return Object.fromEntries([...client.rooms.values()].map(({ room, online }) => [room, online]))
}

export function countsListed(listed: Record<string, string[]>): Record<string, number> {
  return Object.fromEntries(Object.entries(listed).map(([room, people]) => [room, people.length]))
}
