import { VisuallyHidden } from '@mantine/core'
import { memo, type MouseEvent } from 'react'
import type { Participant } from '#shared/domain/participant.ts'
import { useTimeText } from '../app/clock.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { formatAge, formatSpan, formatUtc } from '../ui/format.ts'
import { QualityMark } from '../ui/QualityMark.tsx'
import { text } from '../ui/text.ts'
import { shownName } from './arrange-participants.ts'
import type { Allowed } from './deeds/useAllowed.ts'
import { inspect } from './inspector/inspected.ts'
import type { ParticipantView } from './participant-view.ts'
import classes from './ParticipantRow.module.css'
import { isOn } from './permissions/switches.ts'
import { turnSwitch } from './permissions/turn-switch.ts'
import { useLaidRights } from './permissions/useLaidRights.ts'
import { RowActions } from './RowActions.tsx'
import { RowOutcome, stateFor, useRowOutcome } from './RowOutcome.tsx'
import type { Choice } from './selection/selection.ts'
import { SourceMark, SourceToggle } from './SourceMark.tsx'
import { SpeakingMark } from './SpeakingMark.tsx'

/** What was seen of the person comes field by field, so a row is drawn again only when something of its own changes. */
type RowProps = ParticipantView & {
  readonly id: string
  readonly index: number
  /** Where the row stands in the body, px. */
  readonly top: number
  readonly participant: Participant
  /** Whether it is chosen, alone or with others. */
  readonly chosen: boolean
  /** Whether the keys are on it. */
  readonly cursor: boolean
  readonly allowed: Allowed
  readonly mayPermit: boolean
  readonly onSelect: (identity: string, choice: Choice | 'cursor') => void
}

export const ParticipantRow = memo(function ParticipantRow(props: RowProps) {
  const { participant, cursor, onSelect } = props
  const { identity } = participant
  const outcome = useRowOutcome(identity)
  const plainRole = participant.role === '' || participant.role === 'VIEWER'
  return (
    <div
      id={props.id}
      className={classes.row}
      role="row"
      aria-rowindex={props.index + 2}
      aria-selected={props.chosen}
      style={{ transform: `translateY(${props.top}px)` }}
      data-testid="participant-row"
      data-identity={identity}
      data-cursor={cursor}
      data-online={participant.isOnline}
      data-speaking={props.level !== null}
      data-spoke={props.spokeAt !== null}
      data-quality={props.quality}
      data-audio={props.audio}
      data-video={props.video}
      data-pending={outcome === null ? 'none' : stateFor(outcome, identity)}
      onMouseDown={keepText}
      onClick={(event) => onSelect(identity, choiceOf(event))}
      onDoubleClick={(event) => {
        if (!isOnControl(event)) inspect(identity, 'panel')
      }}
    >
      <Person participant={participant} level={props.level} />
      <span className={classes.role} role="gridcell" data-plain={plainRole} dir="auto" title={participant.role}>
        {plainRole ? <VisuallyHidden>{participant.role}</VisuallyHidden> : <span>{participant.role}</span>}
      </span>
      <span className={classes.cell} role="gridcell">
        <SpeakingMark level={props.level} spokeAt={props.spokeAt} />
      </span>
      <RowSources {...props} />
      <Signs participant={participant} quality={props.quality} qualityAt={props.qualityAt} />
      <RowActions
        person={participant}
        allowed={props.allowed}
        audio={props.audio}
        video={props.video}
        screen={props.screen}
        reachable={cursor}
      />
      <RowOutcome entry={outcome} identity={identity} reachable={cursor} />
    </div>
  )
})

/** Microphone and camera with the right to use them; who may not change that sees their state. */
function RowSources(props: RowProps) {
  const { participant, permissions } = props
  const laid = useLaidRights(participant, permissions)
  const marks = [
    { source: 'microphone', state: props.audio },
    { source: 'camera', state: props.video },
  ] as const
  return (
    <>
      {marks.map(({ source, state }) => (
        <span key={source} className={classes.cell} role="gridcell">
          {props.mayPermit && participant.isOnline ? (
            <SourceToggle
              source={source}
              state={state}
              isAllowed={isOn(laid.permissions, source)}
              isPending={laid.pending.has(source)}
              blocked={props.allowed.offline}
              reachable={props.cursor}
              onTurn={(on) => turnSwitch(participant.identity, source, on)}
            />
          ) : (
            <SourceMark source={source} state={state} />
          )}
        </span>
      ))}
      <span className={classes.cell} role="gridcell">
        <SourceMark source="screen_share" state={props.screen} />
      </span>
    </>
  )
}

/** A click chooses one row, with Ctrl or Cmd one more, with Shift all up to it; on a control in the row it chooses nothing anew. */
function choiceOf(event: MouseEvent): Choice | 'cursor' {
  if (event.shiftKey) return 'range'
  if (event.ctrlKey || event.metaKey) return 'toggle'
  return isOnControl(event) ? 'cursor' : 'only'
}

function isOnControl({ target }: MouseEvent): boolean {
  return target instanceof Element && target.closest('button, [role="menu"]') !== null
}

/** A range of rows is no range of text. */
function keepText(event: MouseEvent): void {
  if (event.shiftKey) event.preventDefault()
}

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
