import { Button, CloseButton } from '@mantine/core'
import { useSession } from '../../app/session.ts'
import { text } from '../../ui/text.ts'
import { bulkDeeds, deedSpecs } from '../deeds/deed.ts'
import { startDeed } from '../deeds/deeds-store.ts'
import { useAllowed } from '../deeds/useAllowed.ts'
import classes from './Bulk.module.css'

/** What can be done to everybody chosen, where that is more than one. */
export function BulkBar({ chosen, onClear }: { readonly chosen: ReadonlySet<string>; readonly onClear: () => void }) {
  const { personDeeds, offline } = useAllowed()
  const gone = useSession((state) => {
    let count = 0
    if (chosen.size > 1) for (const identity of chosen) if (!state.open?.participants.get(identity)?.isOnline) count += 1
    return count
  })
  if (chosen.size < 2) return null
  return (
    <div className={classes.bar} role="toolbar" aria-label={text.bulk.label} data-testid="bulk-bar">
      <span className={classes.count}>
        <b>{text.bulk.selected(chosen.size)}</b>
        {gone > 0 ? (
          <span className={classes.gone} data-testid="bulk-gone">
            {text.bulk.gone(gone)}
          </span>
        ) : null}
      </span>
      {bulkDeeds
        .filter((deed) => personDeeds.includes(deed))
        .map((deed) => (
          <Button
            key={deed}
            size="compact-sm"
            variant="default"
            aria-disabled={offline !== null}
            {...(offline !== null && { 'data-disabled': true, title: offline })}
            {...(deedSpecs[deed].isHard && { className: classes.hard })}
            onClick={() => startDeed(deed, [...chosen])}
            data-testid={`bulk-${deed}`}
          >
            {text.actions.deed[deed]}
          </Button>
        ))}
      <CloseButton size="sm" className={classes.clear} aria-label={text.bulk.clear} title={`${text.bulk.clear} (Esc)`} onClick={onClear} />
    </div>
  )
}
