import { randomUUID } from 'node:crypto'
import type { Action } from '#shared/domain/action.ts'
import { succeed, type Failure } from '#shared/domain/failure.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { Operator, Role } from '#shared/domain/operator.ts'
import { openLiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import type { ParticipantFacts } from '#server/rooms/room-model.ts'
import { createPermissionDesk } from '../change-permissions.ts'
import { createModerator } from '../moderator.ts'
import { noLease } from '../person-lease.ts'
import { createFakeAudit } from './fake-audit.ts'
import { createFakeMeasures } from './fake-measures.ts'
import { scriptLivekit } from './scripted-livekit.ts'

const facts = { sid: 'RM_1', startedAt: 1, metadata: '', maxParticipants: 0, recording: false }
const room = { name: 'lobby', sid: 'RM_1', facts }

/** Somebody with a microphone, and a muted camera. */
export function sampleFacts(identity: string, more: Partial<ParticipantFacts> = {}): ParticipantFacts {
  return {
    identity,
    sid: `PA_${identity}`,
    name: identity,
    kind: 'standard',
    hidden: false,
    joinedAt: 2,
    version: 1,
    permissions: { canSubscribe: true, canPublish: true, canPublishData: true, canPublishSources: [], canUpdateMetadata: false },
    metadata: '',
    attributes: {},
    tracks: [
      { sid: `TR_${identity}_mic`, source: 'microphone', muted: false },
      { sid: `TR_${identity}_cam`, source: 'camera', muted: true },
    ],
    ...more,
  }
}

export function operator(role: Role | 'service', name = 'kim'): Operator {
  return { name, role }
}

/** A moderator over a scripted LiveKit with one room, a fake audit and fake measures, and all that came of what it did. */
export async function openLab(identities: readonly (string | ParticipantFacts)[] = ['ana']) {
  const livekit = scriptLivekit('lobby', facts)
  const audit = createFakeAudit()
  const measures = createFakeMeasures()
  const rooms = await openLiveRooms(createMemoryRoomStore('life'))
  const fed: FeedEvent[] = []
  const held: string[] = []
  const reread: string[] = []
  const roles = new Map<string, string>()
  let obstacle: Failure | null = null
  rooms.told.subscribe((event) => event.data.cause === 'action' && fed.push(event))
  const join = async (participant: ParticipantFacts) => {
    livekit.people.set(participant.identity, participant)
    await rooms.submit({ id: randomUUID(), at: 10, cause: 'webhook', room, type: 'participant_joined', participant })
  }
  for (const each of identities) await join(typeof each === 'string' ? sampleFacts(each) : each)
  const moderator = createModerator({
    rooms,
    livekit: livekit.service,
    acting: {
      begin(name, identity) {
        held.push(`hold ${name} ${identity}`)
        return () => void held.push(`free ${name} ${identity}`)
      },
    },
    permissions: createPermissionDesk(livekit.service, noLease),
    measures,
    roles: { roleOf: (_room, identity) => roles.get(identity) ?? 'VIEWER', known: () => Promise.resolve() },
    setRole(_room, identity, role) {
      roles.set(identity, role)
      return Promise.resolve(succeed(undefined))
    },
    audit,
    obstacle: () => obstacle,
    reread: (name) => reread.push(name),
    elsewhereMs: 300,
  })
  return {
    livekit,
    audit,
    measures,
    rooms,
    fed,
    held,
    reread,
    roles,
    moderator,
    join,
    block: (failure: Failure | null) => (obstacle = failure),
    row: (identity = 'ana') => rooms.newest('lobby').room?.participants.get(identity),
    /** Acts, and waits until the log has told what came of it. */
    act: async (asked: Action, role: Role = 'admin') => {
      const result = await moderator.act(operator(role), asked)
      await rooms.caughtUp()
      return result
    },
  }
}

/** An action of one type on Ana in the lobby. */
export function action<T extends Action['type']>(type: T, more: object = {}): Extract<Action, { type: T }> {
  // Each test gives what its type needs.
  return { actionId: randomUUID(), room: 'lobby', identity: 'ana', type, ...more } as unknown as Extract<Action, { type: T }>
}
