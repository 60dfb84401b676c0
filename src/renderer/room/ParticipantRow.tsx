import { memo } from 'react'
import type { Participant } from '#shared/domain/participant.ts'
import { useTimeText } from '../app/clock.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { formatAge, formatSpan, formatUtc } from '../ui/format.ts'
import { QualityMark } from '../ui/QualityMark.tsx'
import { text } from '../ui/text.ts'
import { shownName } from './arrange-participants.ts'
import { blocksFor } from './deed-blocks.ts'
import type { Signals } from './observe/signals.ts'
import { viewParticipant, type ParticipantView } from './participant-view.ts'
import classes from './Participants.module.css'
import { RowActions } from './RowActions.tsx'
import { RowOutcome, useRowOutcome } from './RowOutcome.tsx'
import { SourceMark } from './SourceMark.tsx'
import { SpeakingMark } from './SpeakingMark.tsx'
import type { Deeds } from './useDeeds.ts'

type RowProps = {
  readonly id: string
  readonly index: number
  /** Where the row stands in the body, px. */
  readonly top: number
  readonly participant: Participant
  readonly signals: Signals
  readonly selected: boolean
  readonly deeds: Deeds
  readonly onSelect: (identity: string) => void
}

/** One person: the facts, the signals laid over them, and what is being done, beside them. */
export const ParticipantRow = memo(function ParticipantRow(props: RowProps) {
  const { participant, deeds } = props
  const { identity } = participant
  const view = viewParticipant(participant, props.signals)
  const outcome = useRowOutcome(identity)
  const plainRole = participant.role === '' || participant.role === 'VIEWER'
  return (
    <div
      id={props.id}
      className={classes.row}
      role="row"
      aria-rowindex={props.index + 2}
      aria-selected={props.selected}
      style={{ transform: `translateY(${props.top}px)` }}
      data-testid="participant-row"
      data-identity={identity}
      data-online={participant.isOnline}
      data-speaking={view.level !== null}
      data-quality={view.quality}
      data-audio={view.audio}
      data-video={view.video}
      data-pending={outcome?.outcome.state ?? 'none'}
      onClick={() => props.onSelect(identity)}
    >
      <Person participant={participant} level={view.level} />
      <span className={classes.role} role="gridcell" data-plain={plainRole} dir="auto" title={participant.role}>
        {participant.role === '' ? null : <span>{participant.role}</span>}
      </span>
      <span className={classes.cell} role="gridcell">
        <SpeakingMark level={view.level} />
      </span>
      <span className={classes.cell} role="gridcell">
        <SourceMark source="microphone" state={view.audio} />
      </span>
      <span className={classes.cell} role="gridcell">
        <SourceMark source="camera" state={view.video} />
      </span>
      <span className={classes.cell} role="gridcell">
        <SourceMark source="screen_share" state={view.screen} />
      </span>
      {outcome?.outcome.state === 'failed' ? null : <Signs participant={participant} view={view} />}
      <RowOutcome entry={outcome} reachable={props.selected} />
      <RowActions
        participant={participant}
        blocks={blocksFor(deeds.byRole, participant.isOnline, view)}
        reachable={props.selected}
        onStart={deeds.start}
      />
    </div>
  )
})

function Person({ participant, level }: { readonly participant: Participant; readonly level: number | null }) {
  const name = shownName(participant)
  return (
    <span className={classes.person} role="gridcell">
      <Avatar identity={participant.identity} name={name} size={28} level={level} dimmed={!participant.isOnline} />
      <span className={classes.names}>
        <span className={classes.nameLine}>
          <span className={classes.name} dir="auto" title={name}>
            {name}
          </span>
          {participant.kind === 'standard' ? null : <span className={classes.kind}>{participant.kind}</span>}
        </span>
        <span className={classes.identity} dir="auto" title={participant.identity}>
          {participant.identity}
        </span>
      </span>
    </span>
  )
}

function Signs({ participant, view }: { readonly participant: Participant; readonly view: ParticipantView }) {
  const publishesNothing = participant.tracks.length === 0
  const since = participant.joinedAt
  const joined = useTimeText((now) => {
    if (!participant.isOnline && participant.leftAt !== null) return text.room.left(formatAge(now - participant.leftAt))
    return since === null ? '' : formatSpan(now - since)
  })
  return (
    <>
      <span className={classes.cell} role="gridcell">
        {view.quality === 'unknown' ? (
          <QualityMark
            quality="unknown"
            label={publishesNothing ? text.quality.noTracks : text.quality.dash}
            title={publishesNothing ? text.quality.nothing : text.quality.notYet}
          />
        ) : (
          <QualityMark quality={view.quality} label={text.quality.name[view.quality]} />
        )}
      </span>
      <span className={classes.joined} role="gridcell" title={since === null ? undefined : formatUtc(since)}>
        {joined}
      </span>
    </>
  )
}
