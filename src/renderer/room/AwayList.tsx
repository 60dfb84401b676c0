import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef, useState } from 'react'
import type { Participant } from '#shared/domain/participant.ts'
import { useTimeText } from '../app/clock.ts'
import { formatAge, formatUtc } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { shownName } from './arrange-participants.ts'
import classes from './Participants.module.css'

/** A row's height in px. */
const ROW = 32

/** Those who left or were invited, apart from who is online: folded, but for a room where nobody else is. */
export function AwayList({ people, alone }: { readonly people: readonly Participant[]; readonly alone: boolean }) {
  const [chosen, setChosen] = useState<boolean | null>(null)
  const open = chosen ?? alone
  if (people.length === 0) return null
  return (
    <details className={classes.away} open={open} data-alone={alone} data-testid="away">
      <summary
        onClick={(event) => {
          event.preventDefault()
          setChosen(!open)
        }}
      >
        {text.room.away(people.length)}
      </summary>
      {open ? <AwayRows people={people} /> : null}
    </details>
  )
}

function AwayRows({ people }: { readonly people: readonly Participant[] }) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: people.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 5,
  })
  return (
    <div ref={scroller} className={classes.awayScroller} tabIndex={0} role="group" aria-label={text.room.away(people.length)}>
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
              <span className={classes.name} dir="auto" title={shownName(person)}>
                {shownName(person)}
              </span>
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
