import { Popover, UnstyledButton } from '@mantine/core'
import { IconDoorOff, IconGavel, IconLock } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { isInForce, type Measure } from '#shared/domain/measure.ts'
import { useClock, useTimeText } from '../../app/clock.ts'
import { useSession } from '../../app/session.ts'
import { LiftDialog } from '../../measures/LiftDialog.tsx'
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
  const [lifting, setLifting] = useState<Measure | null>(null)
  return (
    <>
      {held.length === 0 ? null : <List held={held} onLift={setLifting} />}
      <LiftDialog measure={lifting} onClose={() => setLifting(null)} />
    </>
  )
}

function List({ held, onLift }: { readonly held: readonly Measure[]; readonly onLift: (measure: Measure) => void }) {
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  function lift(measure: Measure) {
    // The list closes, and its buttons with it: the dialog gives the focus back to what is still there then.
    button.current?.focus()
    setOpen(false)
    onLift(measure)
  }
  return (
    <div className={classes.inForce} data-testid="room-in-force">
      <Popover opened={isOpen} onChange={setOpen} position="bottom-start" width={380} trapFocus returnFocus withinPortal>
        <Popover.Target>
          <UnstyledButton
            ref={button}
            className={classes.inForceButton}
            onClick={() => setOpen(!isOpen)}
            aria-label={`${words.label}: ${summaryOf(held).join(', ')}`}
          >
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
          <MeasureItems measures={held} onLift={lift} />
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
