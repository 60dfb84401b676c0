import type { Participant, Track } from '#shared/domain/participant.ts'
import { useTimeText } from '../../app/clock.ts'
import { formatAge, formatSpan, formatUtc } from '../../ui/format.ts'
import { QualityMark } from '../../ui/QualityMark.tsx'
import { text } from '../../ui/text.ts'
import type { ParticipantView } from '../participant-view.ts'
import { SpeakingMark } from '../SpeakingMark.tsx'
import classes from './Inspector.module.css'

const words = text.inspector

/** What is so now: here or not, speaking, connection, and what is published. */
export function LiveState({ person, view }: { readonly person: Participant; readonly view: ParticipantView }) {
  return (
    <section className={classes.section} aria-label={words.live}>
      <div className={classes.now}>
        <span className={classes.presence} data-online={person.isOnline}>
          <span className={classes.dot} aria-hidden />
          {person.isOnline ? words.online : person.status === 'INVITED' ? words.invited : words.notOnline}
        </span>
        <Since person={person} />
        {person.kind === 'standard' ? null : <span className={classes.kind}>{person.kind}</span>}
        <SpeakingMark level={view.level} spokeAt={view.spokeAt} />
        {view.quality === 'unknown' ? null : (
          <QualityMark quality={view.quality} label={text.quality.name[view.quality]} isOld={view.qualityAt !== null} />
        )}
      </div>
      <h3 className={classes.heading}>{words.tracks}</h3>
      {person.tracks.length === 0 ? (
        <p className={classes.quiet}>{words.noTracks}</p>
      ) : (
        <ul className={classes.tracks}>
          {person.tracks.map((track) => (
            <li key={track.sid} className={classes.track} data-muted={track.muted}>
              <span>{sourceOf(track)}</span>
              <span className={classes.trackState}>{track.muted ? words.muted : words.notMuted}</span>
              <code className={classes.sid} title={track.sid}>
                {track.sid}
              </code>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function sourceOf({ source }: Track): string {
  return source === 'unknown' ? text.source.unknown : text.dialog.source[source]
}

function Since({ person }: { readonly person: Participant }) {
  const { isOnline, joinedAt, leftAt } = person
  const since = useTimeText((now) => {
    if (isOnline) return joinedAt === null ? '' : formatSpan(now - joinedAt)
    return leftAt === null ? '' : text.room.left(formatAge(now - leftAt))
  })
  const at = isOnline ? joinedAt : leftAt
  return since === '' ? null : <span title={at === null ? undefined : formatUtc(at)}>{since}</span>
}
