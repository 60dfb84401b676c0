import { randomUUID } from 'node:crypto'
import type { Track } from '#shared/domain/participant.ts'
import type { Action, ActionResult, TargetResult } from '#shared/domain/action.ts'
import { fail, type Failure } from '#shared/domain/failure.ts'
import { may, type Operator } from '#shared/domain/operator.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import type { RoomService } from '#server/livekit/room-service.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { RoomEvent } from '#server/rooms/room-event.ts'
import type { ParticipantRow, Room } from '#server/rooms/room-model.ts'
import { createActionMemory } from './action-memory.ts'
import type { Acting } from './acting.ts'

/** Carries out what operators ask for. */
export type Moderator = {
  /** The same `actionId` again answers with the first result and acts no second time. */
  readonly act: (operator: Operator, action: Action) => Promise<ActionResult>
}

type Options = {
  readonly rooms: LiveRooms
  readonly livekit: RoomService
  readonly acting: Pick<Acting, 'begin'>
  /** Why nothing can be done now, or null: an action that could not be told to the others is not begun. */
  readonly obstacle: () => Failure | null
  readonly now?: () => number
}

type Target = { readonly room: Room; readonly row: ParticipantRow }

export function createModerator({ rooms, livekit, acting, obstacle, now = Date.now }: Options): Moderator {
  const memory = createActionMemory(now)

  async function actOnce(operator: Operator, action: Action): Promise<ActionResult> {
    const refusal = obstacle()
    if (refusal) return { ...refusal, actionId: action.actionId }
    const target = findTarget(action)
    if ('code' in target) return { ...target, actionId: action.actionId }
    const done = acting.begin(action.room, action.identity, action.actionId)
    const failure = await carryOut(operator, action, target).finally(done)
    const result: TargetResult = failure ? { identity: action.identity, ...failure } : { identity: action.identity, ok: true }
    return { ok: true, actionId: action.actionId, at: now(), targets: [result] }
  }

  function findTarget(action: Action): Target | Failure {
    const { room } = rooms.newest(action.room)
    const { expect } = action
    if (!room) return fail('not_found', `the room ${action.room} is not live`, 'room_gone')
    if (expect?.roomSid !== undefined && expect.roomSid !== room.facts.sid) {
      return fail('conflict', 'the room has ended and begun again meanwhile: nothing was done', 'changed_meanwhile')
    }
    const row = room.participants.get(action.identity)
    if (!row?.online || row.hidden) return fail('not_found', `${action.identity} is not in the room any more`, 'participant_gone')
    if (expect?.participantSid !== undefined && expect.participantSid !== row.sid) {
      return fail('conflict', `${action.identity} has left, and somebody joined under that identity: nothing was done`, 'changed_meanwhile')
    }
    return { room, row }
  }

  /** What LiveKit was asked for, told to all; null when it was done. */
  async function carryOut(operator: Operator, action: Action, target: Target): Promise<Failure | null> {
    switch (action.type) {
      case 'remove':
        return remove(operator, action, target)
      case 'mute_track': {
        const track = target.row.tracks.find(({ sid }) => sid === action.trackSid)
        if (!track) return fail('not_found', `${action.identity} does not publish that track any more`, 'track_gone')
        return muteTracks(operator, action, target, [track])
      }
      case 'mute': {
        const { row } = target
        const tracks = row.tracks.filter(({ source }) => source !== 'unknown' && action.sources.includes(source))
        if (tracks.length === 0) return fail('not_found', `${action.identity} publishes no ${action.sources.join(' or ')}`, 'track_gone')
        return muteTracks(operator, action, target, tracks)
      }
      default:
        return assertNever(action, 'action')
    }
  }

  async function remove(operator: Operator, action: Action, { room, row }: Target): Promise<Failure | null> {
    const answer = await livekit.removeParticipant(action.room, action.identity)
    if (!answer.ok)
      return answer.code === 'not_found' ? fail('not_found', `${action.identity} has left already`, 'participant_gone') : answer
    return tell({ ...about(operator, action, room), type: 'participant_removed', participant: { identity: row.identity, sid: row.sid } })
  }

  async function muteTracks(operator: Operator, action: Action, { room, row }: Target, tracks: readonly Track[]): Promise<Failure | null> {
    for (const track of tracks) {
      // LiveKit tells nobody of an unmute, so the record may be old: it is asked whatever the record says.
      const answer = await livekit.muteTrack(action.room, action.identity, track.sid)
      if (!answer.ok)
        return answer.code === 'not_found'
          ? fail('not_found', `${action.identity} does not publish that track any more`, 'track_gone')
          : answer
      const { sid, source } = track
      const untold = await tell({
        ...about(operator, action, room),
        type: 'track_muted',
        participant: { identity: row.identity, sid: row.sid },
        track: { sid, source, muted: true },
      })
      if (untold) return untold
    }
    return null
  }

  function about(operator: Operator, action: Action, room: Room) {
    const { actionId, reason } = action
    return {
      id: randomUUID(),
      at: now(),
      cause: 'action',
      room: { name: action.room, sid: room.facts.sid, facts: null },
      by: { operator: operator.name, actionId, ...(reason === undefined ? {} : { reason }) },
    } as const
  }

  async function tell(event: RoomEvent): Promise<Failure | null> {
    const submitted = await rooms.submit(event)
    if (submitted.kind !== 'unavailable') return null
    return fail('unavailable', 'LiveKit did it, but it could not be stored: the feed will not tell who did it')
  }

  return {
    async act(operator, action) {
      const { actionId } = action
      // Before what is remembered: an action's id is in the feed, where everybody reads it.
      if (!may(operator, action.type)) return { ...fail('forbidden', `the role ${operator.role} may not do that`), actionId }
      return memory.once(actionId, () => actOnce(operator, action))
    },
  }
}
