import type { PublishSource } from '#shared/domain/participant.ts'
import { rowOf, type Draft } from './room-draft.ts'
import type { Invitation, PersonReference } from './room-event.ts'
import { INVITED_SHOWN, type ParticipantRow } from './room-model.ts'

/**
 * Somebody has another role in this room. Where no row shows them, it is told all the same, so that every instance knows. LiveKit knows nothing of roles, so the
 * `changedAt` of who is or was there stays: no list is older for it.
 */
export function changeRole(draft: Draft, { identity, sid }: PersonReference, role: string): boolean {
  const row = rowOf(draft, identity)
  if (!row) return draft.event.quiet !== true
  if (row.role === role || (sid !== undefined && row.sid !== sid)) return false
  draft.row = { ...row, role, ...(row.invited ? { changedAt: Math.max(row.changedAt, draft.event.at) } : {}) }
  return true
}

/** Somebody is to come. Whoever is there, or was, stays what they are; of two invitations the later holds. */
export function inviteParticipant(draft: Draft, invited: Invitation): boolean {
  const { at } = draft.event
  const row = rowOf(draft, invited.identity)
  if (row ? !row.invited || row.changedAt >= at : invitedIn(draft) >= INVITED_SHOWN) return false
  draft.row = invitedRow(invited, at)
  return true
}

/** The row of who has never been there; `at` (ms): when they were invited. */
export function invitedRow({ identity, name, role, canSpeak, canVideo }: Invitation, at: number): ParticipantRow {
  const sources: readonly (readonly [PublishSource, boolean])[] = [
    ['microphone', canSpeak],
    ['camera', canVideo],
  ]
  const canPublishSources = sources.filter(([, isGiven]) => isGiven).map(([source]) => source)
  return {
    identity,
    sid: '',
    name,
    kind: 'standard',
    hidden: false,
    joinedAt: 0,
    version: 0,
    tracks: [],
    permissions: {
      canSubscribe: true,
      canPublish: canSpeak || canVideo,
      canPublishData: false,
      canPublishSources,
      canUpdateMetadata: false,
    },
    metadata: '',
    attributes: {},
    online: false,
    leftAt: null,
    changedAt: at,
    role,
    invited: true,
  }
}

function invitedIn({ participants }: Draft): number {
  let count = 0
  for (const row of participants.values()) if (row.invited) count += 1
  return count
}
