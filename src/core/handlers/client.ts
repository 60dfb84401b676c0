import type { Push } from '#shared/contract/ipc.ts'
import type { RoomDetail } from '#shared/domain/room.ts'
import type { Mirror } from '../mirror/mirror.ts'
import { createPushBatch } from './push-batch.ts'

type MirroredRooms = Pick<Mirror, 'openRoom' | 'leaveRoom' | 'presence'>

/** What one window looks at, and what it is told. */
export type ClientScope = {
  /** Queues a push, unless it's about a room that this window hasn't open. */
  readonly push: (push: Push) => void
  /** The window gets a snapshot now: what waits and is part of it would be told twice. */
  readonly snapshotTaken: () => void
  readonly openRoom: (room: string) => RoomDetail | null
  readonly leaveRoom: (room: string) => void
  /** Opens this window's rooms in another session's mirror. */
  readonly moveTo: (mirror: MirroredRooms) => void
  readonly close: () => void
}

/** `mirror` is that of the session which runs now. */
export function createClientScope(mirror: () => MirroredRooms, deliver: (pushes: readonly Push[]) => void): ClientScope {
  const batch = createPushBatch(deliver)
  /** How often each room was opened: two views of a window may show the same one. */
  const openRooms = new Map<string, number>()
  let closed = false

  function push(message: Push): void {
    const room = readRoom(message)
    if (room === null || openRooms.has(room)) batch.add(message)
  }
  return {
    push,
    snapshotTaken: () => batch.withdraw(isInSnapshot),
    openRoom(room) {
      if (closed) return null
      const count = openRooms.get(room) ?? 0
      openRooms.set(room, count + 1)
      const detail = mirror().openRoom(room)
      if (count > 0) mirror().leaveRoom(room)
      const presence = mirror().presence(room)
      if (presence !== null) push(presence)
      return detail
    },
    leaveRoom(room) {
      const count = openRooms.get(room) ?? 0
      if (count > 1) openRooms.set(room, count - 1)
      else if (openRooms.delete(room)) mirror().leaveRoom(room)
    },
    moveTo(next) {
      for (const room of openRooms.keys()) next.openRoom(room)
    },
    close() {
      if (closed) return
      closed = true
      batch.close()
      for (const room of openRooms.keys()) mirror().leaveRoom(room)
      openRooms.clear()
    },
  }
}

/** The room that a push is about, where only those who have it open get it. */
function readRoom(push: Push): string | null {
  switch (push.name) {
    case 'room_reset':
    case 'room_changed':
    case 'presence_changed':
      return push.payload.room
    default:
      return null
  }
}

function isInSnapshot(push: Push): boolean {
  return readRoom(push) === null && push.name !== 'profiles_changed'
}
