import type { Measure } from '#shared/domain/measure.ts'
import { useClock, useTimeText } from '../app/clock.ts'
import { describeKind, endOf, timeLeft } from '../measures/measure-view.ts'
import { Moment } from '../ui/Moment.tsx'
import { RoomLink } from '../ui/RoomLink.tsx'
import { text } from '../ui/text.ts'
import classes from './PersonRecords.module.css'

/** What is and was in force about somebody: what holds first. */
export function MeasureLines({ measures }: { readonly measures: readonly Measure[] }) {
  const overIds = useClock(({ now }) =>
    measures
      .filter((measure) => endOf(measure, now) !== null)
      .map(({ id }) => id)
      .join('\n'),
  )
  const over = new Set(overIds.split('\n'))
  const ordered = [...measures.filter(({ id }) => !over.has(id)), ...measures.filter(({ id }) => over.has(id))]
  return (
    <ul className={classes.measures}>
      {ordered.map((measure) => (
        <li key={measure.id} className={classes.measure} data-over={over.has(measure.id)} data-testid="person-measure">
          <span className={classes.measureWhat}>
            {describeKind(measure)} · {measure.room === undefined ? text.measures.everywhere : <RoomLink room={measure.room} />}
          </span>
          <Left measure={measure} />
          <span className={classes.measureWhy}>
            <bdi>{measure.reason === '' ? text.measures.noReason : measure.reason}</bdi> · <bdi>{measure.by}</bdi>,{' '}
            <Moment at={measure.at} />
          </span>
        </li>
      ))}
    </ul>
  )
}

function Left({ measure }: { readonly measure: Measure }) {
  const left = useTimeText((now) => endOf(measure, now)?.how ?? timeLeft(measure, now))
  return <span className={classes.measureLeft}>{left}</span>
}
