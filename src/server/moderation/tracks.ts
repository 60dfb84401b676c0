import type { PublishSource, Track } from '#shared/domain/participant.ts'
import { fail, type Failure } from '#shared/domain/failure.ts'
import type { ParticipantRow } from '#server/rooms/room-model.ts'
import type { Person } from './targets.ts'
import { tell, type Undertaking } from './undertaking.ts'

/** The tracks of somebody with one of these sources. */
export function tracksOf({ tracks }: ParticipantRow, sources: readonly PublishSource[]): readonly Track[] {
  return tracks.filter(({ source }) => source !== 'unknown' && sources.includes(source))
}

/** Mutes or unmutes what somebody publishes of these sources; null when it was done. */
export function muteSources(
  undertaking: Undertaking,
  person: Person,
  sources: readonly PublishSource[],
  muted: boolean,
): Promise<Failure | null> {
  const tracks = tracksOf(person.row, sources)
  if (tracks.length > 0) return muteTracks(undertaking, person, tracks, muted)
  return Promise.resolve(fail('not_found', `${person.row.identity} publishes no ${sources.join(' or ')}`, 'track_gone'))
}

/** Mutes one track, by its sid. */
export function muteTrack(undertaking: Undertaking, person: Person, trackSid: string): Promise<Failure | null> {
  const track = person.row.tracks.find(({ sid }) => sid === trackSid)
  if (track) return muteTracks(undertaking, person, [track], true)
  return Promise.resolve(trackGone(person.row.identity))
}

async function muteTracks(undertaking: Undertaking, person: Person, tracks: readonly Track[], muted: boolean): Promise<Failure | null> {
  const { name, room, row } = person
  for (const { sid, source } of tracks) {
    // LiveKit tells nobody of an unmute, so the record may be old: it is asked whatever the record says.
    const failure = await muteOne(undertaking, person, sid, muted)
    if (failure) return failure
    const untold = await tell(undertaking, {
      type: muted ? 'track_muted' : 'track_unmuted',
      room: { name, sid: room.facts.sid, facts: null },
      participant: { identity: row.identity, sid: row.sid },
      track: { sid, source, muted },
    })
    if (untold) return untold
  }
  return null
}

async function muteOne({ means }: Undertaking, { name, row }: Person, trackSid: string, muted: boolean): Promise<Failure | null> {
  const { identity } = row
  const answer = await means.livekit.muteTrack(name, identity, trackSid, muted)
  if (answer.ok) return null
  if (answer.detail === 'track_gone') return trackGone(identity)
  if (answer.detail !== 'timeout_unknown') return answer
  // It may have been done all the same.
  const read = await means.livekit.getParticipant(name, identity)
  const track = read.ok && read.value.facts.sid === row.sid ? read.value.facts.tracks.find(({ sid }) => sid === trackSid) : undefined
  return track?.muted === muted ? null : answer
}

function trackGone(identity: string): Failure {
  return fail('not_found', `${identity} does not publish that track any more`, 'track_gone')
}
