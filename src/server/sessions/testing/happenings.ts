import type { Permissions } from '#shared/domain/participant.ts'
import { everythingAllowed } from '#server/livekit/facts.ts'
import type { RoomEvent, RoomReference } from '#server/rooms/room-event.ts'
import type { ParticipantFacts } from '#server/rooms/room-model.ts'

/** When the first of these things happens, ms: each is a second after the one before. */
export const BEGIN = 1_000_000

/** What happens in a room, told one after the other; `at` in s after `BEGIN`. */
export function createHappenings(name = 'lobby', sid = 'RM_1') {
  const room: RoomReference = { name, sid, facts: { sid, startedAt: BEGIN, metadata: '', maxParticipants: 0, recording: false } }
  let serial = 0
  const common = (at: number) => ({ id: `EV_${sid}_${(serial += 1)}`, at: BEGIN + at * 1000, room, cause: 'webhook' }) as const
  const known = new Map<string, ParticipantFacts>()
  /** Somebody as LiveKit knows them then; each time it tells of them the version is another one. */
  const facts = (who: string, change: Partial<ParticipantFacts>): ParticipantFacts => {
    const before = known.get(who) ?? newPerson(who)
    const after = { ...before, ...change, version: before.version + 1 }
    known.set(who, after)
    return after
  }
  return {
    start: (at: number): RoomEvent => ({ ...common(at), type: 'room_started' }),
    finish: (at: number): RoomEvent => ({ ...common(at), type: 'room_finished' }),
    join: (at: number, who: string, change: Partial<ParticipantFacts> = {}): RoomEvent => ({
      ...common(at),
      type: 'participant_joined',
      participant: facts(who, { joinedAt: BEGIN + at * 1000, ...change }),
    }),
    /** Somebody who was there before this server looked. */
    find: (at: number, who: string): RoomEvent => ({
      ...common(at),
      type: 'participant_joined',
      quiet: true,
      participant: facts(who, { joinedAt: BEGIN + at * 1000 }),
    }),
    leave: (at: number, who: string): RoomEvent => ({ ...common(at), type: 'participant_left', participant: facts(who, {}) }),
    permit: (at: number, who: string, permissions: Permissions): RoomEvent => ({
      ...common(at),
      type: 'permission_changed',
      participant: facts(who, { permissions }),
    }),
    rename: (at: number, who: string, to: string): RoomEvent => ({
      ...common(at),
      type: 'name_changed',
      participant: facts(who, { name: to }),
    }),
  }
}

function newPerson(identity: string): ParticipantFacts {
  return {
    identity,
    sid: `PA_${identity}`,
    name: identity.toUpperCase(),
    kind: 'standard',
    hidden: false,
    joinedAt: BEGIN,
    version: 0,
    tracks: [],
    permissions: everythingAllowed,
    metadata: '',
    attributes: {},
  }
}
