import { UnstyledButton } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import type { Participant } from '#shared/domain/participant.ts'
import { useTimeText } from '../app/clock.ts'
import { formatAge, formatUtc } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { shownName } from './arrange-participants.ts'
import { inspect } from './inspector/inspected.ts'
import classes from './AwayList.module.css'

/** A row's height in px. */
const ROW = 32

/** Those who left or were invited, each apart from who is online: folded, but for a room where nobody else is. */
export function AwayList({ people, alone }: { readonly people: readonly Participant[]; readonly alone: boolean }) {
  const invited = useMemo(() => people.filter((person) => person.status === 'INVITED'), [people])
  const left = useMemo(() => people.filter((person) => person.status !== 'INVITED'), [people])
  return (
    <>
      <AwayGroup people={invited} alone={alone} label={text.room.away.invited(invited.length)} testid="invited" />
      <AwayGroup people={left} alone={alone} label={text.room.away.left(left.length)} testid="away" />
    </>
  )
}

type GroupProps = { readonly people: readonly Participant[]; readonly alone: boolean; readonly label: string; readonly testid: string }

function AwayGroup({ people, alone, label, testid }: GroupProps) {
  const [chosen, setChosen] = useState<boolean | null>(null)
  const open = chosen ?? alone
  if (people.length === 0) return null
  return (
    <details className={classes.away} open={open} data-alone={alone} data-testid={testid}>
      <summary
        onClick={(event) => {
          event.preventDefault()
          setChosen(!open)
        }}
      >
        {label}
      </summary>
      {open ? <AwayRows people={people} label={label} /> : null}
    </details>
  )
}

function AwayRows({ people, label }: { readonly people: readonly Participant[]; readonly label: string }) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: people.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 5,
  })
  return (
    <div ref={scroller} className={classes.awayScroller} tabIndex={0} role="group" aria-label={label}>
      <div role="list" style={{ position: 'relative', height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const person = people[item.index]
          return person === undefined ? null : (
            <div
              key={person.identity}
              className={classes.awayRow}
              role="listitem"
              style={{ transform: `translateY(${item.start}px)` }}
              data-away={person.identity}
            >
              <UnstyledButton
                className={classes.name}
                dir="auto"
                title={shownName(person)}
                onClick={() => inspect(person.identity, 'panel')}
              >
                {shownName(person)}
              </UnstyledButton>
              <span className={classes.identity} dir="auto" title={person.identity}>
                {person.identity}
              </span>
              <Since person={person} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

function Since({ person }: { readonly person: Participant }) {
  const { leftAt } = person
  const since = useTimeText((now) => {
    if (leftAt !== null) return text.room.left(formatAge(now - leftAt))
    return person.status === 'INVITED' ? text.room.invited : text.room.never
  })
  return <span title={leftAt === null ? undefined : formatUtc(leftAt)}>{since}</span>
}
