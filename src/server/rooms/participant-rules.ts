import type { ParticipantReference } from './room-event.ts'
import { hasEnded, isLater, isNewerThanList, rowOf, type Draft } from './room-draft.ts'
import type { ParticipantFacts } from './room-model.ts'
import { mergeTracks, tellAll } from './track-rules.ts'

/** Somebody is there. False when that stay is over, an older one than the row's, or already known as well or better. */
export function joinParticipant(draft: Draft, facts: ParticipantFacts): boolean {
  const row = rowOf(draft, facts.identity)
  if (hasEnded(draft, `p:${facts.sid}`) || isNewerThanList(draft, row)) return false
  if (row && row.sid !== facts.sid && !isLater(facts.joinedAt, facts.sid, row.joinedAt, row.sid)) return false
  const same = row?.sid === facts.sid ? row : undefined
  if (same?.online && same.version >= facts.version) return false
  draft.claimed = facts.sid
  // Whoever noticed it first has told it.
  draft.isOldNews = draft.event.type === 'participant_joined' && same?.online === true
  const tracks = mergeTracks(draft, facts, same)
  draft.row = {
    ...facts,
    tracks: bringsTracks(draft) ? tellAll(draft, tracks) : tracks,
    online: true,
    leftAt: null,
    changedAt: draft.event.at,
  }
  return true
}

/** Whether nobody else will tell of the tracks that somebody joined with: a webhook of each follows that of the join. */
function bringsTracks({ event, isOldNews }: Draft): boolean {
  return event.type === 'participant_joined' && event.cause !== 'webhook' && !event.quiet && !isOldNews
}

/** Somebody's stay is over. It is remembered, unless it was only inferred from a list. */
export function leaveParticipant(draft: Draft, facts: ParticipantFacts): boolean {
  const row = rowOf(draft, facts.identity)
  if (hasEnded(draft, `p:${facts.sid}`)) return false
  if (draft.event.asOf !== undefined) {
    if (!row?.online || row.sid !== facts.sid || isNewerThanList(draft, row)) return false
  } else {
    draft.ended.push(`p:${facts.sid}`)
  }
  draft.claimed = facts.sid
  draft.isOldNews = row?.sid === facts.sid && !row.online
  if (row && row.sid !== facts.sid && !isLater(facts.joinedAt, facts.sid, row.joinedAt, row.sid)) return true
  const newest = row?.sid === facts.sid && row.version > facts.version ? row : facts
  depart(draft, { ...newest, joinedAt: facts.joinedAt || newest.joinedAt })
  return true
}

/** An operator removed somebody: the stay is over, as by a webhook. */
export function removeParticipant(draft: Draft, reference: ParticipantReference): boolean {
  const row = rowOf(draft, reference.identity)
  if (!row || row.sid !== reference.sid) return true
  if (!hasEnded(draft, `p:${row.sid}`)) draft.ended.push(`p:${row.sid}`)
  if (row.online) depart(draft, row)
  return true
}

/** Permission, metadata, attributes or name changed. The facts are whole, so the newest version wins; they also prove presence. */
export function updateParticipant(draft: Draft, facts: ParticipantFacts): boolean {
  return joinParticipant(draft, facts)
}

function depart(draft: Draft, facts: ParticipantFacts): void {
  const { at, cause } = draft.event
  const row = rowOf(draft, facts.identity)
  // LiveKit's webhooks of these come before that of the leaving; whoever is quicker tells them, too.
  if (cause !== 'webhook' && row?.online && row.sid === facts.sid) draft.unpublished.push(...row.tracks)
  if (facts.hidden) draft.dropped = facts.identity
  else draft.row = { ...facts, tracks: [], online: false, leftAt: at, changedAt: at }
}
