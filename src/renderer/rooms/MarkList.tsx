import { IconAlertTriangle } from '@tabler/icons-react'
import type { AttentionMark } from '#shared/domain/attention.ts'
import { useTimeText } from '../app/clock.ts'
import { formatUtc } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { wholeMark } from './describe-marks.ts'
import { isBreach, sortMarks } from './mark-severity.ts'
import classes from './MarkList.module.css'

/** Every mark of a room with why and since when, the most severe first. */
export function MarkList({ marks, testid }: { readonly marks: readonly AttentionMark[]; readonly testid?: string }) {
  return (
    <ul className={classes.marks} aria-label={text.attention.inRoom} data-testid={testid}>
      {sortMarks(marks).map((mark) => (
        <Mark key={`${mark.rule} ${mark.since} ${mark.why}`} mark={mark} />
      ))}
    </ul>
  )
}

function Mark({ mark }: { readonly mark: AttentionMark }) {
  const whole = useTimeText((now) => wholeMark(mark, now))
  return (
    <li
      className={classes.mark}
      data-testid="mark"
      data-rule={mark.rule}
      data-tone={isBreach(mark.rule) ? 'bad' : 'warn'}
      title={formatUtc(mark.since)}
    >
      <IconAlertTriangle size={14} stroke={1.9} aria-hidden />
      <span dir="auto">{whole}</span>
    </li>
  )
}
