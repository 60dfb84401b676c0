import { VisuallyHidden } from '@mantine/core'
import { memo } from 'react'
import type { Participant } from '#shared/domain/participant.ts'
import { useTimeText } from '../app/clock.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { formatAge, formatSpan, formatUtc } from '../ui/format.ts'
import { QualityMark } from '../ui/QualityMark.tsx'
import { text } from '../ui/text.ts'
import { shownName } from './arrange-participants.ts'
import { blocksFor, type Blocks } from './deed-blocks.ts'
import type { Deed } from './make-action.ts'
import type { ParticipantView } from './participant-view.ts'
import classes from './Participants.module.css'
import { RowActions } from './RowActions.tsx'
import { RowOutcome, useRowOutcome } from './RowOutcome.tsx'
import { SourceMark } from './SourceMark.tsx'
import { SpeakingMark } from './SpeakingMark.tsx'

/** What was seen of the person comes field by field, so a row is drawn again only when something of its own changes. */
type RowProps = ParticipantView & {
  readonly id: string
  readonly index: number
  /** Where the row stands in the body, px. */
  readonly top: number
  readonly participant: Participant
  readonly selected: boolean
  readonly byRole: Blocks
  readonly onStart: (deed: Deed, identity: string, withReason?: boolean) => void
  readonly onSelect: (identity: string) => void
}

/** One person: the facts, the signals laid over them, and what is being done, beside them. */
export const ParticipantRow = memo(function ParticipantRow(props: RowProps) {
  const { participant } = props
  const { identity } = participant
  const blocks = blocksFor(props.byRole, participant.isOnline, props)
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
      data-speaking={props.level !== null}
      data-spoke={props.spokeAt !== null}
      data-quality={props.quality}
      data-audio={props.audio}
      data-video={props.video}
      data-pending={outcome?.outcome.state ?? 'none'}
      onClick={() => props.onSelect(identity)}
    >
      <Person participant={participant} level={props.level} />
      <span className={classes.role} role="gridcell" data-plain={plainRole} dir="auto" title={participant.role}>
        {plainRole ? <VisuallyHidden>{participant.role}</VisuallyHidden> : <span>{participant.role}</span>}
      </span>
      <span className={classes.cell} role="gridcell">
        <SpeakingMark level={props.level} spokeAt={props.spokeAt} />
      </span>
      <span className={classes.cell} role="gridcell">
        <SourceMark source="microphone" state={props.audio} />
      </span>
      <span className={classes.cell} role="gridcell">
        <SourceMark source="camera" state={props.video} />
      </span>
      <span className={classes.cell} role="gridcell">
        <SourceMark source="screen_share" state={props.screen} />
      </span>
      <Signs participant={participant} quality={props.quality} qualityAt={props.qualityAt} />
      <RowActions
        identity={identity}
        name={shownName(participant)}
        mute={blocks.mute}
        stopVideo={blocks.stop_video}
        remove={blocks.remove}
        reachable={props.selected}
        onStart={props.onStart}
      />
      <RowOutcome entry={outcome} reachable={props.selected} />
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

type SignsProps = { readonly participant: Participant } & Pick<ParticipantView, 'quality' | 'qualityAt'>

function Signs({ participant, quality, qualityAt }: SignsProps) {
  const publishesNothing = participant.tracks.length === 0
  const since = participant.joinedAt
  const joined = useTimeText((now) => {
    if (!participant.isOnline && participant.leftAt !== null) return text.room.left(formatAge(now - participant.leftAt))
    return since === null ? '' : formatSpan(now - since)
  })
  return (
    <>
      <span className={classes.cell} role="gridcell">
        {quality === 'unknown' ? (
          <QualityMark
            quality="unknown"
            label={publishesNothing ? text.quality.noTracks : text.quality.dash}
            title={publishesNothing ? text.quality.nothing : text.quality.notYet}
          />
        ) : (
          <QualityMark
            quality={quality}
            label={text.quality.name[quality]}
            isOld={qualityAt !== null}
            title={qualityAt === null ? undefined : text.quality.asOf(formatUtc(qualityAt))}
          />
        )}
      </span>
      <span className={classes.joined} role="gridcell" title={since === null ? undefined : formatUtc(since)}>
        {joined}
      </span>
    </>
  )
}
