import type { Result } from '#shared/domain/failure.ts'
import type { MatchFound } from '#shared/contract/socket-match.ts'
import type { RoomMoved } from '#server/rooms/live-rooms.ts'
import { DEFAULT_ROLE, emptyRecord, type ParticipantRow, type RoomRecord } from '#server/rooms/room-model.ts'
import type { Matchmaking } from '../matchmaking.ts'

/** One connection of an app's user, and what it was told. */
export type Member = {
  readonly username: string
  readonly told: (MatchFound | { readonly left: string })[]
  /** What it was told that can't be: of a match that it did not ask for, or the end of another than its own. */
  readonly lies: string[]
  /** The room of its match, as far as it knows. */
  readonly room: () => string | null
  readonly lastRoom: () => string | null
  /** Whether it has queued, as far as it knows. */
  readonly isQueued: () => boolean
  readonly join: () => Promise<Result<number>>
  readonly leave: () => Promise<Result<number>>
  readonly disconnect: () => void
}

export function memberOf(server: Matchmaking, username: string): Member {
  const told: Member['told'] = []
  const lies: string[] = []
  let room: string | null = null
  let last: string | null = null
  let isQueued = false
  const connection = {
    found(found: MatchFound) {
      told.push(found)
      if (!isQueued && room === null) lies.push(`found ${found.room} without having queued`)
      if (found.partner === username) lies.push('matched with themself')
      room = last = found.room
      isQueued = false
    },
    left(over: { readonly room: string }) {
      told.push({ left: over.room })
      if (room !== over.room) lies.push(`${over.room} is over, but is not theirs`)
      room = null
    },
  }
  return {
    username,
    told,
    lies,
    room: () => room,
    lastRoom: () => last,
    isQueued: () => isQueued,
    async join() {
      isQueued = true
      const answer = await server.join(connection, username)
      if (!answer.ok) isQueued = false
      else if (answer.value > 0) room = null
      return answer
    },
    async leave() {
      const answer = await server.leave(connection, username)
      if (!answer.ok) return answer
      isQueued = false
      room = null
      return answer
    },
    disconnect: () => server.disconnected(connection, username),
  }
}

/** A room's move from one set of identities online to another. */
export function moveOf(name: string, before: readonly string[], after: readonly string[]): RoomMoved {
  return { before: recordOf(name, before), after: recordOf(name, after), change: null }
}

function recordOf(name: string, identities: readonly string[]): RoomRecord {
  const participants = new Map(identities.map((identity) => [identity, rowOf(identity)]))
  const facts = { sid: 'RM_1', startedAt: 1, metadata: '', maxParticipants: 0, recording: false }
  return { ...emptyRecord(name), room: { facts, participants, confirmed: { at: 1, by: 'webhook' } } }
}

function rowOf(identity: string): ParticipantRow {
  return {
    identity,
    sid: `PA_${identity}`,
    name: identity,
    kind: 'standard',
    hidden: false,
    joinedAt: 1,
    version: 1,
    tracks: [],
    permissions: { canSubscribe: true, canPublish: true, canPublishData: true, canPublishSources: [], canUpdateMetadata: false },
    metadata: '',
    attributes: {},
    online: true,
    leftAt: null,
    changedAt: 1,
    role: DEFAULT_ROLE,
    invited: false,
  }
}
