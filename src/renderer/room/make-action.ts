import type { Action } from '#shared/domain/action.ts'
import type { Participant, PublishSource } from '#shared/domain/participant.ts'

/** Whom an action means: the person and the sessions that were on the screen when it was chosen. */
export type Target = { readonly room: string; readonly roomSid: string; readonly person: Participant }

/** What a moderator can do to a person here. */
export type Deed = 'mute' | 'stop_video' | 'remove'

const sources: Record<Exclude<Deed, 'remove'>, PublishSource> = { mute: 'microphone', stop_video: 'camera' }

/** The action for a deed. `expect` names the sessions meant, so nothing happens to somebody else who took the identity meanwhile. */
export function makeAction(deed: Deed, target: Target, actionId: string, reason: string): Action {
  const trimmed = reason.trim()
  const common = {
    actionId,
    room: target.room,
    identity: target.person.identity,
    expect: target.roomSid === '' ? { participantSid: target.person.sid } : { participantSid: target.person.sid, roomSid: target.roomSid },
  }
  if (deed === 'remove') return { ...common, type: 'remove', reason: trimmed }
  const action = { ...common, type: 'mute' as const, sources: [sources[deed]] }
  return trimmed === '' ? action : { ...action, reason: trimmed }
}
