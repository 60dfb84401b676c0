import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import type { TargetResult } from '#shared/domain/action.ts'
import type { People } from '../../app/held-action.ts'
import { useSession } from '../../app/session.ts'
import { text } from '../../ui/text.ts'
import { shownName } from '../arrange-participants.ts'
import { failureWords } from '../outcome-text.ts'
import classes from './Bulk.module.css'

/** A row's height in px. */
const ROW = 26

/** A result per target; `before`: the people as they were, for their names. */
export function BulkTargets({ results, before }: { readonly results: readonly TargetResult[]; readonly before: People | undefined }) {
  const here = useSession((state) => state.open?.participants)
  const people = before ?? here
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: results.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 5,
  })
  return (
    <div ref={scroller} className={classes.targets} tabIndex={0} role="group" aria-label={text.bulk.show}>
      <div role="list" style={{ position: 'relative', height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const target = results[item.index]
          if (target === undefined) return null
          const person = people?.get(target.identity)
          return (
            <div
              key={target.identity}
              className={classes.target}
              role="listitem"
              data-testid="bulk-target"
              data-ok={target.ok}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <span className={classes.who} dir="auto" title={target.identity}>
                {person === undefined ? target.identity : shownName(person)}
              </span>
              <span className={classes.why} title={target.message}>
                {target.ok ? text.bulk.done : failureWords(target)}
              </span>
            </div>
          )
        })}
      </div>
    </div>
  )
}
