import { VisuallyHidden } from '@mantine/core'
import { IconActivity, IconCheck, IconEyeOff, IconHistory, type Icon } from '@tabler/icons-react'
import type { RoomSummary } from '#shared/domain/room.ts'
import { useTimeText } from '../app/clock.ts'
import { useSignalsOld } from '../app/useSignalsOld.ts'
import { formatAge, formatCount, formatSpan, formatUtc } from '../ui/format.ts'
import { QualityMark } from '../ui/QualityMark.tsx'
import { text } from '../ui/text.ts'
import classes from './RoomFacts.module.css'

type Facts = { readonly summary: RoomSummary }

/** How many are online, and how many were or will be here. */
export function PeopleCount({ summary }: Facts) {
  return (
    <span className={classes.people} title={text.wall.onlineOf}>
      <span className={classes.online} data-testid="tile-online">
        {formatCount(summary.online)}
      </span>
      <VisuallyHidden>{text.wall.online}</VisuallyHidden>
      <span className={classes.total}>/ {formatCount(summary.total)}</span>
      <VisuallyHidden>{text.wall.total}</VisuallyHidden>
    </span>
  )
}

export function RunningTime({ summary }: Facts) {
  const running = useTimeText((now) => formatSpan(now - summary.startedAt))
  return (
    <span className={classes.running} title={formatUtc(summary.startedAt)}>
      {running}
    </span>
  )
}

/** The worst connection and how many have it; faint where that was seen too long ago. */
export function WorstQuality({ summary }: Facts) {
  const isOld = useSignalsOld(summary.observedAt)
  const { worstQuality } = summary
  if (worstQuality === null) return null
  const label = text.wall.qualityCount(text.quality.name[worstQuality.quality], worstQuality.count)
  return (
    <span className={classes.quality}>
      <QualityMark quality={worstQuality.quality} label={label} title={label} isOld={isOld} />
    </span>
  )
}

/** How old the signals are: who speaks, and the connections. */
export function SignalsAge({ summary: { observedAt } }: Facts) {
  const isOld = useSignalsOld(observedAt)
  if (observedAt === null)
    return (
      <span className={classes.age}>
        <IconEyeOff size={14} stroke={1.6} aria-hidden />
        {text.wall.notObserved}
      </span>
    )
  return <Age at={observedAt} icon={isOld ? IconHistory : IconActivity} words={text.wall.signalsAge} testid="signals-age" isOld={isOld} />
}

/** When the facts were confirmed last, and by what. */
export function ConfirmedAge({ summary }: Facts) {
  return <Age at={summary.confirmedAt} icon={IconCheck} words={(age) => text.wall.confirmed(age, summary.confirmedBy)} />
}

type AgeProps = {
  readonly at: number
  readonly icon: Icon
  readonly words: (age: string) => string
  readonly testid?: string
  readonly isOld?: boolean
}

/** An age as a mark; the whole sentence is on the hover, and read aloud. */
function Age(props: AgeProps) {
  const age = useTimeText((now) => formatAge(now - props.at))
  const sentence = props.words(age)
  return (
    <span className={classes.age} title={`${sentence} (${formatUtc(props.at)})`} data-testid={props.testid} data-old={props.isOld}>
      <props.icon size={13} stroke={1.8} aria-hidden />
      <span aria-hidden>{age}</span>
      <VisuallyHidden>{sentence}</VisuallyHidden>
    </span>
  )
}
