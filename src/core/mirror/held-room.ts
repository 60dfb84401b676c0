import type { Participant } from '#shared/domain/participant.ts'
import { applyRoomUpdate, relateRevision, type RoomDetail, type RoomSummary, type RoomUpdate } from '#shared/domain/room.ts'

/** An open room as far as it is known: its last snapshot, and what was changed since. */
export type HeldRoom = {
  readonly snapshot: RoomDetail
  readonly revision: number
  readonly online: number
  readonly total: number
  readonly participants: ReadonlyMap<string, Participant>
}

/** A room as its snapshot tells it. */
export function holdRoom(snapshot: RoomDetail): HeldRoom {
  const { revision, online, total } = snapshot
  return {
    snapshot,
    revision,
    online,
    total,
    participants: new Map(snapshot.participants.map((participant) => [participant.identity, participant])),
  }
}

/** An update taken in by its revision; `old` and `gap` leave the room as it was, and after a `gap` it must be asked for again. */
export function followRoom(held: HeldRoom, update: RoomUpdate): { readonly relation: 'next' | 'old' | 'gap'; readonly held: HeldRoom } {
  const relation = relateRevision(held.revision, update.revision)
  if (relation !== 'next') return { relation, held }
  const { revision, online, total } = update
  return { relation, held: { ...held, revision, online, total, participants: applyRoomUpdate(held.participants, update) } }
}

/** The room whole, for who opens it now. Signals and freshness come from the wall's summary, which is newer than the snapshot. */
export function describeRoom(held: HeldRoom, summary: RoomSummary | undefined): RoomDetail {
  const newer = summary?.sid === held.snapshot.sid ? summary : {}
  const { revision, online, total } = held
  return {
    ...held.snapshot,
    ...newer,
    metadata: held.snapshot.metadata,
    revision,
    online,
    total,
    participants: [...held.participants.values()],
  }
}
