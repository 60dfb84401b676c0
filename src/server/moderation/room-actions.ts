import type { ActionOf } from '#shared/domain/action.ts'
import { isExempt } from '#shared/domain/measure.ts'
import { succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import { THE_ROOM } from './acting.ts'
import { forEachTarget, toResult } from './for-each-target.ts'
import { sendToAll } from './people.ts'
import { findRoom, left, peopleIn, type LiveRoom } from './targets.ts'
import { muteSources, tracksOf } from './tracks.ts'
import { tell, type Outcome, type Undertaking } from './undertaking.ts'

/** Mutes everybody who publishes these sources, but for those who are left out. */
export async function muteAll(undertaking: Undertaking<ActionOf<'mute_all'>>): Promise<Result<Outcome>> {
  const { action, means, course, onCount } = undertaking
  const { sources = ['microphone'], except } = action
  const found = findRoom(means, action)
  if (!found.ok) return found
  const { name, room } = found.value
  await means.roles.known(name)
  const rows = new Map(
    peopleIn(room)
      .filter((row) => tracksOf(row, sources).length > 0)
      .filter(({ identity }) => !isExempt(except, { identity, role: means.roles.roleOf(name, identity) }))
      .map((row) => [row.identity, row]),
  )
  onCount(rows.size)
  const targets = await forEachTarget([...rows.keys()], course, (identity) => {
    const row = rows.get(identity)
    return row
      ? held(undertaking, identity, () => muteSources(undertaking, { name, room, row }, sources, true))
      : Promise.resolve(left(identity))
  })
  return succeed({ targets })
}

/** Replaces the room's metadata. */
export async function setRoomMetadata(undertaking: Undertaking<ActionOf<'set_metadata'>>): Promise<Result<Outcome>> {
  const { action, means } = undertaking
  const found = findRoom(means, action)
  if (!found.ok) return found
  const failure = await held(undertaking, THE_ROOM, async () => {
    const answer = await means.livekit.updateRoomMetadata(action.room, action.metadata)
    if (!answer.ok) return answer
    return tell(undertaking, { type: 'room_updated', room: { name: action.room, sid: answer.value.sid, facts: answer.value } })
  })
  return failure ?? succeed({ targets: [] })
}

/** Sends a message to everybody who is there, as people see it: hidden ones get none. */
export async function sendToRoom(undertaking: Undertaking<ActionOf<'send_message'>>): Promise<Result<Outcome>> {
  const { action, means } = undertaking
  const found = findRoom(means, action)
  if (!found.ok) return found
  const identities = peopleIn(found.value.room).map(({ identity }) => identity)
  if (identities.length === 0) return succeed({ targets: [] })
  const failure = await sendToAll(undertaking, found.value, identities, action.text)
  return failure ?? succeed({ targets: identities.map((identity) => toResult(identity, null)) })
}

/** Ends a room for all. With `until` a measure keeps it closed from before that. */
export async function closeRoom(undertaking: Undertaking<ActionOf<'close_room'>>): Promise<Result<Outcome>> {
  const { action, means, by, course } = undertaking
  const { room: name, until, reason } = action
  const found = findRoom(means, action)
  // Nobody is to come into a room that is not live either.
  const isKept = until !== undefined && (found.ok || found.detail === 'room_gone')
  if (!found.ok && !isKept) return found
  if (!isKept) return found.ok ? ((await endRoom(undertaking, found.value)) ?? succeed({ targets: [] })) : found
  const imposed = await means.measures.desk.impose({ kind: 'close', scope: 'room', room: name, until, reason }, by, course)
  if (!imposed.ok) return imposed
  const failure = found.ok ? await endRoom(undertaking, found.value) : null
  if (failure && failure.detail !== 'room_gone') return failure
  return succeed({ targets: imposed.value.targets, measureId: imposed.value.measure.id })
}

function endRoom(undertaking: Undertaking, { name, room }: LiveRoom): Promise<Failure | null> {
  return held(undertaking, THE_ROOM, async () => {
    const answer = await undertaking.means.livekit.deleteRoom(name)
    if (!answer.ok) return answer
    return tell(undertaking, { type: 'room_finished', room: { name, sid: room.facts.sid, facts: null } })
  })
}

/** Does something to somebody, or to the room itself, while what is observed of that waits to be told with who did it. */
export async function held(undertaking: Undertaking, identity: string, work: () => Promise<Failure | null>): Promise<Failure | null> {
  const { room, actionId } = undertaking.action
  if (room === undefined) return work()
  const done = undertaking.means.acting.begin(room, identity, actionId)
  try {
    return await work()
  } finally {
    done()
  }
}
