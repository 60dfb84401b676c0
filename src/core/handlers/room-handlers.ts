import { succeed } from '#shared/domain/failure.ts'
import type { HandlersFor } from './context.ts'

export const roomHandlers: HandlersFor<'open_room' | 'leave_room' | 'observe_room'> = {
  open_room: ({ room }, { client }) => succeed({ detail: client.openRoom(room) }),
  leave_room({ room }, { client }) {
    client.leaveRoom(room)
    return succeed({})
  },
  observe_room: ({ room }, { session }) => session().observeRoom(room),
}
