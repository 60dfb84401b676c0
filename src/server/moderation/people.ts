import type { ActionOf } from '#shared/domain/action.ts'
import { fail, type Failure } from '#shared/domain/failure.ts'
import type { LiveRoom, Person } from './targets.ts'
import { tell, type Undertaking } from './undertaking.ts'

/** The topic of a message to people in a room, and its form: `{v: 1, text}`. */
const TOPIC = 'usher'

/** Ends somebody's stay; they can come back. */
export async function remove(undertaking: Undertaking, { name, room, row }: Person): Promise<Failure | null> {
  const { identity, sid } = row
  const answer = await undertaking.means.livekit.removeParticipant(name, identity)
  if (!answer.ok) return answer
  return tell(undertaking, {
    type: 'participant_removed',
    room: { name, sid: room.facts.sid, facts: null },
    participant: { identity, sid },
  })
}

/** Gives somebody a role in this room. LiveKit knows nothing of roles, so they need not be there. */
export async function giveRole(
  undertaking: Undertaking<ActionOf<'set_role'>>,
  { name, room }: LiveRoom,
  identity: string,
): Promise<Failure | null> {
  const { action, means } = undertaking
  const set = await means.setRole(name, identity, action.role)
  if (!set.ok) return set
  return tell(undertaking, {
    type: 'role_changed',
    room: { name, sid: room.facts.sid, facts: null },
    participant: { identity },
    role: action.role,
  })
}

/** Replaces somebody's metadata. */
export async function setPersonMetadata(undertaking: Undertaking, { name, room, row }: Person, metadata: string): Promise<Failure | null> {
  // LiveKit takes an empty text for none given.
  if (metadata === '' && row.metadata !== '')
    return fail('unsupported', 'LiveKit can’t clear somebody’s metadata: set it to something, such as {}')
  const answer = await undertaking.means.livekit.updateParticipant(name, row.identity, { metadata })
  if (!answer.ok) return answer
  if (answer.value.metadata !== metadata) return fail('conflict', 'LiveKit answers with other metadata: somebody changed it meanwhile')
  return tell(undertaking, { type: 'metadata_changed', room: { name, sid: room.facts.sid, facts: null }, participant: answer.value })
}

/** Sends a message to somebody; LiveKit does not say whether it was received. */
export async function sendMessage(undertaking: Undertaking, { name, room, row }: Person, text: string): Promise<Failure | null> {
  const { identity, sid } = row
  const answer = await undertaking.means.livekit.sendData(name, [identity], messageOf(text), TOPIC)
  if (!answer.ok) return answer
  return tell(undertaking, {
    type: 'noted',
    note: 'message_sent',
    room: { name, sid: room.facts.sid, facts: null },
    participant: { identity, sid },
  })
}

/** A message to many at once. */
export async function sendToAll(
  undertaking: Undertaking,
  { name, room }: LiveRoom,
  identities: readonly string[],
  text: string,
): Promise<Failure | null> {
  const answer = await undertaking.means.livekit.sendData(name, identities, messageOf(text), TOPIC)
  if (!answer.ok) return answer
  return tell(undertaking, { type: 'noted', note: 'message_sent', room: { name, sid: room.facts.sid, facts: null } })
}

function messageOf(text: string): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ v: 1, text }))
}
