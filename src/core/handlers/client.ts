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
  /**
   * A window asks again for a room that it has open: when its own copy has a gap, or the room started anew. One `leave_room` ends that too.
   */
  const openRooms = new Set<string>()
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
      const detail = mirror().openRoom(room)
      if (openRooms.has(room)) mirror().leaveRoom(room)
      openRooms.add(room)
      const presence = mirror().presence(room)
      if (presence !== null) push(presence)
      return detail
    },
    leaveRoom(room) {
      if (openRooms.delete(room)) mirror().leaveRoom(room)
    },
    moveTo(next) {
      for (const room of openRooms) next.openRoom(room)
    },
    close() {
      if (closed) return
      closed = true
      batch.close()
      for (const room of openRooms) mirror().leaveRoom(room)
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
    case 'viewers_changed':
      return push.payload.room
    default:
      return null
  }
}

function isInSnapshot(push: Push): boolean {
  return readRoom(push) === null && push.name !== 'profiles_changed'
}
