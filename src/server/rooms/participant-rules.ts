import type { ParticipantReference } from './room-event.ts'
import { hasEnded, isLater, isLateWebhook, isNewerThanList, rememberEnd, rowOf, wasInferred, type Draft } from './room-draft.ts'
import { DEFAULT_ROLE, type ParticipantFacts, type ParticipantRow } from './room-model.ts'
import { mergeTracks, tellTracks } from './track-rules.ts'

/** Somebody is there. False when that stay is over, an older one than the row's, or already known as well or better. */
export function joinParticipant(draft: Draft, facts: ParticipantFacts): boolean {
  const row = stayOf(draft, facts.identity)
  const key = `p:${facts.sid}`
  if (hasEnded(draft, key) || isNewerThanList(draft, row)) return false
  if (row && row.sid !== facts.sid && !isLater(facts.joinedAt, facts.sid, row.joinedAt, row.sid)) return false
  const same = row?.sid === facts.sid ? row : undefined
  if (same?.online && same.version >= facts.version) return tellUntold(draft, same)
  // A webhook proves presence against a list that was without them only if it knows more than was known then.
  if (isLateWebhook(draft, key) && (!same || same.version >= facts.version)) return false
  draft.claimed = facts.sid
  if (row && !same) endEarlierStay(draft, row)
  // Whoever noticed it first has told it.
  draft.isOldNews = draft.event.type === 'participant_joined' && (same?.online === true || wasInferred(draft, key))
  const tracks = tellTracks(draft, facts.sid, mergeTracks(draft, facts, same))
  draft.row = {
    ...facts,
    tracks,
    online: true,
    leftAt: null,
    changedAt: draft.event.at,
    role: roleOf(draft, facts.identity),
    invited: false,
  }
  return true
}

/** The row of who is or was there: whoever is only invited has no stay yet. */
function stayOf(draft: Draft, identity: string): ParticipantRow | undefined {
  const row = rowOf(draft, identity)
  return row?.invited ? undefined : row
}

/** A role is the person's in this room, whichever stay it is. */
function roleOf(draft: Draft, identity: string): string {
  return rowOf(draft, identity)?.role ?? DEFAULT_ROLE
}

/** A webhook was quicker to tell of the join, and told nothing of the tracks that came with it. */
function tellUntold(draft: Draft, row: ParticipantRow): boolean {
  const tracks = tellTracks(draft, row.sid, row.tracks)
  if (draft.published.length === 0) return false
  draft.isOldNews = true
  draft.row = { ...row, tracks, changedAt: draft.event.at }
  return true
}

/** Of one identity there is one stay at a time, so a later one says that the earlier is over, even where its end was only inferred, or is never told. */
function endEarlierStay(draft: Draft, row: ParticipantRow): void {
  const key = `p:${row.sid}`
  if (hasEnded(draft, key)) return
  draft.ended.push(key)
  if (row.online && !wasInferred(draft, key)) draft.replaced = row
}

/** Somebody's stay is over. */
export function leaveParticipant(draft: Draft, facts: ParticipantFacts): boolean {
  const row = stayOf(draft, facts.identity)
  const key = `p:${facts.sid}`
  if (hasEnded(draft, key)) return false
  if (draft.event.asOf !== undefined && (!row?.online || row.sid !== facts.sid || isNewerThanList(draft, row))) return false
  draft.isOldNews = wasInferred(draft, key)
  rememberEnd(draft, key)
  draft.claimed = facts.sid
  if (row && row.sid !== facts.sid) {
    if (!isLater(facts.joinedAt, facts.sid, row.joinedAt, row.sid)) return true
    endEarlierStay(draft, row)
  }
  const newest = row?.sid === facts.sid && row.version > facts.version ? row : facts
  depart(draft, { ...newest, joinedAt: facts.joinedAt || newest.joinedAt })
  return true
}

/** An operator removed somebody: the stay is over, as by a webhook. */
export function removeParticipant(draft: Draft, reference: ParticipantReference): boolean {
  const row = stayOf(draft, reference.identity)
  if (!row || row.sid !== reference.sid) return true
  if (!hasEnded(draft, `p:${row.sid}`)) draft.ended.push(`p:${row.sid}`)
  if (row.online) depart(draft, row)
  return true
}

/**
 * Permission, metadata, attributes or name changed. The facts are whole, so the newest version wins; they also prove presence. What an operator did is told with who did it, also
 * where newer facts are known already.
 */
export function updateParticipant(draft: Draft, facts: ParticipantFacts): boolean {
  return joinParticipant(draft, facts) || draft.event.by !== undefined
}

function depart(draft: Draft, facts: ParticipantFacts): void {
  const { at, asOf } = draft.event
  const row = rowOf(draft, facts.identity)
  // LiveKit's webhooks of these come before that of the leaving: what is left of them then was lost, and nobody is heard of it after.
  const tracks = row?.online && row.sid === facts.sid ? row.tracks : []
  draft.unpublished.push(...tracks)
  if (asOf !== undefined) for (const { sid } of tracks) rememberEnd(draft, `t:${sid}`)
  const version = Math.max(facts.version, ...tracks.map((track) => track.version))
  if (facts.hidden) draft.dropped = facts.identity
  else {
    const role = roleOf(draft, facts.identity)
    draft.row = { ...facts, version, tracks: [], online: false, leftAt: at, changedAt: at, role, invited: false }
  }
}
