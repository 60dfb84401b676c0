import { Button } from '@mantine/core'
import type { Measure } from '#shared/domain/measure.ts'
import { may, whyNotMeasure } from '#shared/domain/operator.ts'
import { useTimeText } from '../../app/clock.ts'
import { useSession } from '../../app/session.ts'
import { describeEverybody, describeKind, describeMeasure } from '../../measures/measure-view.ts'
import { formatUtc } from '../../ui/format.ts'
import { text } from '../../ui/text.ts'
import { shownName } from '../arrange-participants.ts'
import { useAllowed } from '../deeds/useAllowed.ts'
import classes from './MeasureItems.module.css'
import { untilText } from './until-text.ts'

const words = text.roomMeasures

/** What is in force, one by one: what, whom, until when, by whom and why; who may can ask to lift it. */
export function MeasureItems(props: { readonly measures: readonly Measure[]; readonly onLift: (measure: Measure) => void }) {
  return (
    <ul className={classes.items}>
      {props.measures.map((measure) => (
        <Item key={measure.id} measure={measure} onLift={props.onLift} />
      ))}
    </ul>
  )
}

function Item({ measure, onLift }: { readonly measure: Measure; readonly onLift: (measure: Measure) => void }) {
  const { offline } = useAllowed()
  const until = useTimeText((now) => untilText(measure.until, now))
  const mayLift = useSession(
    ({ operator }) => operator !== null && may(operator, 'lift') && whyNotMeasure(operator, measure, undefined, measure.at) === null,
  )
  return (
    <li className={classes.item} data-testid="room-measure" data-kind={measure.kind}>
      <div className={classes.what}>
        <b>{describeKind(measure)}</b> <Subject measure={measure} />
        {measure.scope === 'all' ? <span className={classes.where}>{words.allRooms}</span> : null}
      </div>
      <div className={classes.more}>
        <span title={measure.until === null ? undefined : formatUtc(measure.until)}>{until}</span> <bdi>{words.by(measure.by)}</bdi>
        {measure.reason === '' ? null : (
          <>
            : <q dir="auto">{measure.reason}</q>
          </>
        )}
      </div>
      {mayLift ? (
        <Button
          className={classes.lift ?? ''}
          size="compact-xs"
          variant="default"
          disabled={offline !== null}
          title={offline ?? undefined}
          aria-label={words.liftOf(describeMeasure(measure))}
          onClick={() => onLift(measure)}
          data-testid="lift"
        >
          {words.lift}
        </Button>
      ) : null}
    </li>
  )
}

/** Whom it is about: a name where the person is in the list, with the identity. */
function Subject({ measure }: { readonly measure: Measure }) {
  const { identity } = measure
  const name = useSession((state) => {
    const person = identity === undefined ? undefined : state.open?.participants.get(identity)
    return person === undefined ? null : shownName(person)
  })
  if (identity === undefined) return <bdi>{describeEverybody(measure)}</bdi>
  return (
    <bdi title={identity}>
      {name ?? identity}
      {name === null || name === identity ? null : <span className={classes.identity}> {identity}</span>}
    </bdi>
  )
}
