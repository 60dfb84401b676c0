import type { RoomEvent } from './room-event.ts'
import { hasEnded, isLateWebhook, isNewerThanList, rememberEnd, rowOf, wasInferred, type Draft } from './room-draft.ts'
import type { ParticipantFacts, ParticipantRow, TrackRow } from './room-model.ts'

type TrackEvent = Extract<RoomEvent, { type: `track_${string}` }>

/** A track came, went, or changed its mute state. Tracks of somebody who has not joined yet wait for them. */
export function changeTrack(draft: Draft, event: TrackEvent, sessionUnknown: boolean): boolean {
  const { participant, track } = event
  const stay = `p:${participant.sid}`
  if (hasEnded(draft, stay)) return false
  const row = sessionUnknown ? undefined : rowOf(draft, participant.identity)
  const present = row?.online && row.sid === participant.sid ? row : undefined
  if (isNewerThanList(draft, present) || (!present && isLateWebhook(draft, stay))) return false
  const tracks = present?.tracks ?? draft.record.memory.loose.get(participant.sid) ?? []
  const next =
    event.type === 'track_unpublished' ? withoutTrack(draft, tracks, track.sid) : withTrack(draft, tracks, event, present !== undefined)
  if (!next) return false
  if (present) draft.row = { ...present, tracks: next, changedAt: event.at }
  else if (next.length > 0) draft.loose = [participant.sid, next]
  else draft.claimed = participant.sid
  return true
}

function withoutTrack(draft: Draft, tracks: readonly TrackRow[], sid: string): TrackRow[] | null {
  const key = `t:${sid}`
  if (hasEnded(draft, key)) return null
  draft.isOldNews = wasInferred(draft, key)
  rememberEnd(draft, key)
  return tracks.filter((track) => track.sid !== sid)
}

/** `isOwned`: whether the track's owner is known, without whom the feed tells nothing. */
function withTrack(draft: Draft, tracks: readonly TrackRow[], event: TrackEvent, isOwned: boolean): TrackRow[] | null {
  const { track, version } = event
  const key = `t:${track.sid}`
  if (hasEnded(draft, key) || isLateWebhook(draft, key)) return null
  const known = tracks.find((each) => each.sid === track.sid)
  const tells = event.type === 'track_published' && isOwned
  if (!known) {
    draft.isOldNews = wasInferred(draft, key)
    return sorted([...tracks, { ...track, version: version ?? 0, told: tells }])
  }
  if (event.type === 'track_published') {
    if (known.told || !tells) return null
    const newer = version !== undefined && version > known.version ? { muted: track.muted, version } : {}
    return tracks.map((each) => (each === known ? { ...known, ...newer, told: true } : each))
  }
  if (version !== undefined && version <= known.version) return null
  return tracks.map((each) => (each === known ? { ...known, muted: track.muted, version: version ?? known.version } : each))
}

/** The tracks of a stay after its facts arrived: those known or waiting and those told, each with its newest mute state, none that ended. */
export function mergeTracks(draft: Draft, facts: ParticipantFacts, row: ParticipantRow | undefined): TrackRow[] {
  const merged = new Map<string, TrackRow>()
  for (const track of draft.record.memory.loose.get(facts.sid) ?? []) merged.set(track.sid, track)
  for (const track of row?.tracks ?? []) merged.set(track.sid, track)
  for (const track of facts.tracks) {
    const known = merged.get(track.sid)
    if (!known || facts.version > known.version) merged.set(track.sid, { ...track, version: facts.version, told: known?.told ?? false })
  }
  return sorted([...merged.values()].filter((track) => !hasEnded(draft, `t:${track.sid}`)))
}

/** The tracks of somebody who came, those told as published that nobody else will tell of. */
export function tellTracks(draft: Draft, sid: string, tracks: readonly TrackRow[]): TrackRow[] {
  const { event } = draft
  const waiting = new Set(draft.record.memory.loose.get(sid)?.map((track) => track.sid))
  return tracks.map((track) => {
    // What was told as ended began before that.
    if (track.told || wasInferred(draft, `t:${track.sid}`)) return { ...track, told: true }
    // A webhook of each track follows that of the join, unless it came before it and waited.
    const isTold = event.type === 'participant_joined' && (event.cause !== 'webhook' || waiting.has(track.sid))
    if (isTold) draft.published.push(track)
    return { ...track, told: isTold }
  })
}

function sorted(tracks: TrackRow[]): TrackRow[] {
  return tracks.toSorted((a, b) => (a.sid < b.sid ? -1 : 1))
}
