import { ActionIcon, Tooltip } from '@mantine/core'
import { IconBan, IconClockEdit, IconDoorOff, IconLock, IconMicrophoneOff, IconShieldOff, type Icon } from '@tabler/icons-react'
import type { Measure, MeasureKind } from '#shared/domain/measure.ts'
import { may, whyNotMeasure } from '#shared/domain/operator.ts'
import { whyBlocked } from '../app/action-block.ts'
import { useClock, useTimeText } from '../app/clock.ts'
import { useSession } from '../app/session.ts'
import { PersonLink } from '../people/PersonLink.tsx'
import { FoldToggle } from '../ui/FoldToggle.tsx'
import { Moment } from '../ui/Moment.tsx'
import { RoomLink } from '../ui/RoomLink.tsx'
import { text } from '../ui/text.ts'
import { describeEverybody, describeKind, describeMeasure, endOf, timeLeft } from './measure-view.ts'
import classes from './MeasureList.module.css'
import { Versions } from './Versions.tsx'

/** What can be asked of a measure. */
export type Asking = 'change' | 'lift'

const icons: Record<MeasureKind, Icon> = { ban: IconBan, deny_sources: IconMicrophoneOff, lock: IconLock, close: IconDoorOff }

type RowProps = {
  readonly measure: Measure
  readonly isOpen: boolean
  readonly onToggle: () => void
  readonly onAsk: (asking: Asking, measure: Measure) => void
}

/** One measure: what, whom, where, why, who, and how long it still holds. */
export function MeasureRow({ measure, isOpen, onToggle, onAsk }: RowProps) {
  const about = describeMeasure(measure)
  const KindIcon = icons[measure.kind]
  return (
    <>
      <div className={classes.cells}>
        <FoldToggle isOpen={isOpen} label={text.measures.showHistory(about)} onToggle={onToggle} testid="measure-toggle" />
        <span className={classes.what} data-kind={measure.kind}>
          <KindIcon size={15} stroke={1.8} aria-hidden />
          <span title={describeKind(measure)}>{describeKind(measure)}</span>
        </span>
        <Whom measure={measure} />
        <span className={classes.where}>{measure.room === undefined ? text.measures.everywhere : <RoomLink room={measure.room} />}</span>
        <span className={classes.why} dir="auto" title={measure.reason}>
          {measure.reason === '' ? text.measures.noReason : measure.reason}
        </span>
        <span className={classes.who}>
          <bdi title={measure.by}>{measure.by}</bdi>
          <Moment at={measure.at} className={classes.when} />
        </span>
        <Left measure={measure} />
        <Buttons measure={measure} about={about} onAsk={onAsk} />
      </div>
      {isOpen ? <Versions measure={measure} /> : null}
    </>
  )
}

function Whom({ measure }: { readonly measure: Measure }) {
  if (measure.identity !== undefined) {
    return (
      <span className={classes.whom}>
        <PersonLink identity={measure.identity} />
      </span>
    )
  }
  const whom = describeEverybody(measure)
  return (
    <span className={classes.whom} dir="auto" title={whom} data-everybody>
      {whom}
    </span>
  )
}

function Left({ measure }: { readonly measure: Measure }) {
  const left = useTimeText((now) => timeLeft(measure, now))
  const isOver = useClock((clock) => endOf(measure, clock.now) !== null)
  const end = isOver ? endOf(measure, Infinity) : null
  if (end !== null) {
    return (
      <span className={classes.left} data-testid="measure-left">
        <bdi>{end.how}</bdi>
        <Moment at={end.at} className={classes.when} />
      </span>
    )
  }
  return (
    <span className={classes.left} data-testid="measure-left" data-forever={measure.until === null}>
      {left}
      {measure.until === null ? null : <Moment at={measure.until} className={classes.when} />}
    </span>
  )
}

/** Hidden where the role may not; greyed with the reason where it can't be sent now. */
function Buttons(props: { readonly measure: Measure; readonly about: string; readonly onAsk: RowProps['onAsk'] }) {
  const { measure, about, onAsk } = props
  const connection = useSession((state) => state.connection.state)
  const operator = useSession((state) => state.operator)
  const isOver = useClock((clock) => endOf(measure, clock.now) !== null)
  const mine = operator !== null && whyNotMeasure(operator, measure, undefined, 0) === null
  if (isOver || !mine) return <span className={classes.buttons} />
  return (
    <span className={classes.buttons}>
      {may(operator, 'edit_measure') ? (
        <RowButton
          label={text.measures.changeOf(about)}
          tip={text.measures.change}
          icon={IconClockEdit}
          blocked={whyBlocked(connection, operator, 'edit_measure')}
          onClick={() => onAsk('change', measure)}
          testid="measure-change"
        />
      ) : null}
      {may(operator, 'lift') ? (
        <RowButton
          label={text.measures.liftOf(about)}
          tip={text.measures.lift}
          icon={IconShieldOff}
          blocked={whyBlocked(connection, operator, 'lift')}
          onClick={() => onAsk('lift', measure)}
          testid="measure-lift"
        />
      ) : null}
    </span>
  )
}

type ButtonProps = {
  readonly label: string
  readonly tip: string
  readonly icon: Icon
  readonly blocked: string | null
  readonly onClick: () => void
  readonly testid: string
}

function RowButton({ label, tip, icon: ButtonIcon, blocked, onClick, testid }: ButtonProps) {
  return (
    <Tooltip label={blocked ?? tip}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="md"
        aria-label={blocked === null ? label : `${label}. ${blocked}`}
        aria-disabled={blocked !== null}
        {...(blocked === null ? {} : { 'data-disabled': true })}
        onClick={() => (blocked === null ? onClick() : undefined)}
        data-testid={testid}
      >
        <ButtonIcon size={17} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  )
}
