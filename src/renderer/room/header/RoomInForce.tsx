import { Popover, UnstyledButton } from '@mantine/core'
import { IconDoorOff, IconGavel, IconLock } from '@tabler/icons-react'
import { useShallow } from 'zustand/react/shallow'
import { isInForce, type Measure } from '#shared/domain/measure.ts'
import { useClock, useTimeText } from '../../app/clock.ts'
import { useSession } from '../../app/session.ts'
import { text } from '../../ui/text.ts'
import { MeasureItems } from './MeasureItems.tsx'
import classes from './RoomHeader.module.css'
import { untilText } from './until-text.ts'

const words = text.roomMeasures
const none: readonly Measure[] = []

/** What is in force in the open room: locks and a closing by name, the others by number; a click lists them all. */
export function RoomInForce() {
  const measures = useSession((state) => state.open?.facts?.measures ?? none)
  const held = useClock(useShallow(({ now }) => measures.filter((measure) => isInForce(measure, now))))
  if (held.length === 0) return null
  return (
    <div className={classes.inForce} data-testid="room-in-force">
      <Popover position="bottom-start" width={380} trapFocus returnFocus withinPortal>
        <Popover.Target>
          <UnstyledButton className={classes.inForceButton} aria-label={`${words.label}: ${summaryOf(held).join(', ')}`}>
            {held.map((measure) =>
              measure.kind === 'lock' || measure.kind === 'close' ? <Named key={measure.id} measure={measure} /> : null,
            )}
            {summaryOf(held.filter(({ kind }) => kind === 'ban' || kind === 'deny_sources')).map((part) => (
              <span key={part} className={classes.measure}>
                <IconGavel size={13} aria-hidden />
                {part}
              </span>
            ))}
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown className={classes.list ?? ''} aria-label={words.label}>
          <MeasureItems measures={held} />
        </Popover.Dropdown>
      </Popover>
    </div>
  )
}

function Named({ measure }: { readonly measure: Measure }) {
  const until = useTimeText((now) => untilText(measure.until, now))
  const MeasureIcon = measure.kind === 'lock' ? IconLock : IconDoorOff
  return (
    <span className={classes.measure} data-kind={measure.kind}>
      <MeasureIcon size={13} aria-hidden />
      {nameOf(measure)}, {until}
    </span>
  )
}

function nameOf({ kind, sources = [] }: Measure): string {
  return kind === 'lock' ? words.lock(sources.map((source) => text.dialog.source[source]).join(', ')) : words.close
}

function summaryOf(measures: readonly Measure[]): readonly string[] {
  const count = (kind: Measure['kind']) => measures.filter((measure) => measure.kind === kind).length
  const named = measures.filter(({ kind }) => kind === 'lock' || kind === 'close').map(nameOf)
  const [bans, denied] = [count('ban'), count('deny_sources')]
  return [...named, ...(bans > 0 ? [words.bans(bans)] : []), ...(denied > 0 ? [words.denied(denied)] : [])]
}
