import type { RoomEvent } from './room-event.ts'
import { hasEnded, isNewerThanList, rowOf, type Draft } from './room-draft.ts'
import type { ParticipantFacts, ParticipantRow, TrackRow } from './room-model.ts'

type TrackEvent = Extract<RoomEvent, { type: `track_${string}` }>

/** A track came, went, or changed its mute state. Tracks of somebody who has not joined yet wait for them. */
export function changeTrack(draft: Draft, event: TrackEvent, sessionUnknown: boolean): boolean {
  const { participant, track } = event
  if (hasEnded(draft, `p:${participant.sid}`)) return false
  const row = sessionUnknown ? undefined : rowOf(draft, participant.identity)
  const present = row?.online && row.sid === participant.sid ? row : undefined
  if (isNewerThanList(draft, present)) return false
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
  if (hasEnded(draft, `t:${sid}`)) return null
  if (draft.event.asOf === undefined) draft.ended.push(`t:${sid}`)
  return tracks.filter((track) => track.sid !== sid)
}

/** `isOwned`: whether the track's owner is known, without whom the feed tells nothing. */
function withTrack(draft: Draft, tracks: readonly TrackRow[], event: TrackEvent, isOwned: boolean): TrackRow[] | null {
  const { track, version } = event
  if (hasEnded(draft, `t:${track.sid}`)) return null
  const known = tracks.find((each) => each.sid === track.sid)
  const tells = event.type === 'track_published' && isOwned
  if (!known) return sorted([...tracks, { ...track, version: version ?? 0, told: tells }])
  if (event.type === 'track_published') {
    if (known.told || !tells) return null
    return tracks.map((each) => (each === known ? { ...known, told: true } : each))
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

/** The tracks, their publications told with the event. */
export function tellAll(draft: Draft, tracks: readonly TrackRow[]): TrackRow[] {
  draft.published.push(...tracks.filter(({ told }) => !told))
  return tracks.map((track) => ({ ...track, told: true }))
}

function sorted(tracks: TrackRow[]): TrackRow[] {
  return tracks.toSorted((a, b) => (a.sid < b.sid ? -1 : 1))
}
