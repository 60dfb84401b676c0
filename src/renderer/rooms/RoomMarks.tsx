import { VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconPlayerRecordFilled } from '@tabler/icons-react'
import type { AttentionMark } from '#shared/domain/attention.ts'
import { useTimeText } from '../app/clock.ts'
import { formatAge } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { briefMark, marksAloud, marksOnHover } from './describe-marks.ts'
import { isBreach, sortMarks } from './mark-severity.ts'
import classes from './RoomFacts.module.css'

/** That a room is over, or recorded. */
export function StateMarks({ hasEnded, recording }: { readonly hasEnded: boolean; readonly recording: boolean }) {
  return (
    <>
      {hasEnded ? (
        <span className={classes.mark} data-kind="ended">
          {text.wall.ended}
        </span>
      ) : null}
      {recording ? (
        <span className={classes.mark} data-kind="recording" title={text.wall.recordingLong}>
          <IconPlayerRecordFilled size={11} aria-hidden />
          {text.wall.recording}
        </span>
      ) : null}
    </>
  )
}

/** The most severe mark in few words, and how many others there are; all of it in full on the hover, and read aloud. */
export function AttentionMarks({ marks }: { readonly marks: readonly AttentionMark[] }) {
  const [worst] = sortMarks(marks)
  return worst === undefined ? null : <Marks worst={worst} marks={marks} />
}

function Marks({ worst, marks }: { readonly worst: AttentionMark; readonly marks: readonly AttentionMark[] }) {
  const age = useTimeText((now) => formatAge(now - worst.since))
  const aloud = useTimeText((now) => marksAloud(marks, now))
  const onHover = useTimeText((now) => marksOnHover(marks, now))
  return (
    <span
      className={classes.attention}
      data-testid="attention"
      data-count={marks.length}
      data-rule={worst.rule}
      data-tone={isBreach(worst.rule) ? 'bad' : 'warn'}
      title={onHover}
    >
      <IconAlertTriangle size={14} stroke={1.9} aria-hidden />
      <span className={classes.attentionWords} dir="auto" aria-hidden>
        {briefMark(worst)}
      </span>
      <span className={classes.since} aria-hidden>
        {age}
      </span>
      {marks.length > 1 ? (
        <span className={classes.others} aria-hidden>
          {text.attention.others(marks.length - 1)}
        </span>
      ) : null}
      <VisuallyHidden>{aloud}</VisuallyHidden>
    </span>
  )
}
