import type { Presence } from '#shared/domain/presence.ts'
import { applyRoomUpdate, relateRevision, type RoomDetail, type RoomUpdate } from '#shared/domain/room.ts'
import type { OpenRoom } from './session-state.ts'

/** The whole room came: it replaces what was held, then the updates that overtook it are followed. */
export function holdDetail(open: OpenRoom, detail: RoomDetail): OpenRoom {
  if (detail.room !== open.room) return open
  const { participants, ...facts } = detail
  const held: OpenRoom = {
    ...open,
    ask: 'held',
    why: null,
    facts,
    participants: new Map(participants.map((participant) => [participant.identity, participant])),
    early: [],
  }
  return open.early.reduce(followUpdate, held)
}

/** One update: the next revision is applied, an old one ignored, and after a gap the room is to be asked for again. */
export function followUpdate(open: OpenRoom, update: RoomUpdate): OpenRoom {
  if (update.room !== open.room) return open
  if (open.ask !== 'held' || open.facts === null) return { ...open, early: [...open.early, update] }
  const relation = relateRevision(open.facts.revision, update.revision)
  if (relation === 'old') return open
  if (relation === 'gap') return { ...open, ask: 'needed', early: [update] }
  return {
    ...open,
    facts: { ...open.facts, revision: update.revision, online: update.online, total: update.total },
    participants: applyRoomUpdate(open.participants, update),
  }
}

/** Presence is whole for its room; an older one that comes late is ignored. */
export function followPresence(open: OpenRoom, presence: Presence): OpenRoom {
  if (presence.room !== open.room) return open
  if (open.presence !== null && presence.at < open.presence.at) return open
  return { ...open, presence }
}

/** Who else looks at the room that is open. */
export function showViewers(open: OpenRoom, room: string, viewers: readonly string[]): OpenRoom {
  return open.room !== room || open.facts === null ? open : { ...open, facts: { ...open.facts, viewers: [...viewers] } }
}
