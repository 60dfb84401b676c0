import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import { openLiveRooms, type LiveRooms } from '#server/rooms/live-rooms.ts'
import type { ParticipantFacts } from '#server/rooms/room-model.ts'
import { person } from '#server/sync/testing/listing.ts'
import { roomFacts } from './scripted-observer.ts'

/** Rooms in memory in which a test lets people come and go, as webhooks would tell; and a store that can be away. */
export async function openLiveScene() {
  const live = await openLiveRooms(createMemoryRoomStore('life'))
  const state = { away: false, submitted: 0 }
  const rooms: LiveRooms = {
    ...live,
    submit(event) {
      state.submitted += 1
      return state.away ? Promise.resolve({ kind: 'unavailable', why: 'the store is away' }) : live.submit(event)
    },
  }
  let count = 0

  function about(room: string, session: number) {
    count += 1
    const facts = { ...roomFacts(`RM_${room}_${session}`), startedAt: 1000 + session }
    return { id: `EV_${count}`, at: Date.now(), cause: 'webhook', room: { name: room, sid: facts.sid, facts } } as const
  }

  return {
    rooms,
    state,
    /** Somebody joins; a room that isn't live begins. `session` tells one of the same name from the next. */
    enter: async (room: string, identity: string, more: Partial<ParticipantFacts> & { readonly session?: number } = {}): Promise<void> => {
      const { session = 0, ...facts } = more
      const common = about(room, session)
      await rooms.submit({ ...common, id: `${common.id}_room`, type: 'room_started' })
      await rooms.submit({ ...common, type: 'participant_joined', participant: person(identity, facts).facts })
    },
    leave: async (room: string, identity: string, more: Partial<ParticipantFacts> = {}): Promise<void> => {
      await rooms.submit({ ...about(room, 0), type: 'participant_left', participant: person(identity, more).facts })
    },
    finish: async (room: string): Promise<void> => {
      await rooms.submit({ ...about(room, 0), type: 'room_finished' })
    },
    online: (room: string) =>
      [...(rooms.newest(room).room?.participants.values() ?? [])].filter((row) => row.online).map(({ identity }) => identity),
  }
}
