import { Button, Skeleton } from '@mantine/core'
import { IconClipboardList } from '@tabler/icons-react'
import { useMemo, useState, type ReactNode } from 'react'
import { useSession } from '../app/session.ts'
import { useShortcuts } from '../app/shortcuts.ts'
import { useDebounced } from '../app/useDebounced.ts'
import { Notice } from '../ui/Notice.tsx'
import page from '../ui/Page.module.css'
import { Report } from '../ui/Report.tsx'
import { StaleBanner } from '../ui/StaleBanner.tsx'
import { text } from '../ui/text.ts'
import { WaitingMark } from '../ui/WaitingMark.tsx'
import classes from './ActionsView.module.css'
import { isFiltered, noFilter, queryOf } from './audit-filter.ts'
import { AuditFilters } from './AuditFilters.tsx'
import { AuditList } from './AuditList.tsx'
import { ChainCheck } from './ChainCheck.tsx'
import { ExportMenu } from './ExportMenu.tsx'
import { useAudit, type Audit } from './useAudit.ts'

/** What became of a request, in one line. */
export type Told = { readonly ok: boolean; readonly message: string }

/** How long (ms) a filter stays the same before it is asked for. */
const CALM = 250

/** D6: what operators did, newest first. `head` stands first in the toolbar. */
export function ActionsView({ head }: { readonly head: ReactNode }) {
  const [filter, setFilter] = useState(noFilter)
  const [told, setTold] = useState<Told | null>(null)
  const isAdmin = useSession((state) => state.operator?.role === 'admin')
  const asked = useDebounced(filter, CALM)
  const key = useMemo(() => JSON.stringify(asked), [asked])
  const query = () => queryOf(asked, Date.now())
  const audit = useAudit(key, query)
  const fresh = audit.pages?.fresh.length ?? 0
  useShortcuts({ '.': () => (fresh === 0 ? false : audit.apply()) })
  return (
    <div className={page.page}>
      <div className={page.toolbar}>
        {head}
        <WaitingMark count={fresh} label={text.audit.fresh(fresh)} onApply={audit.apply} />
        <div className={page.spacer} />
        {isAdmin ? <ChainCheck onTold={setTold} /> : null}
        <ExportMenu query={query} onTold={setTold} />
      </div>
      <div className={classes.second}>
        <AuditFilters filter={filter} onFilter={setFilter} />
      </div>
      <StaleBanner />
      {told === null ? null : (
        <div className={classes.told}>
          <Report ok={told.ok} message={told.message} testid="audit-told" />
        </div>
      )}
      <Entries audit={audit} isFiltered={isFiltered(asked)} />
    </div>
  )
}

function Entries({ audit, isFiltered: filtered }: { readonly audit: Audit; readonly isFiltered: boolean }) {
  const { pages, failure } = audit
  if (pages === null && failure !== null) {
    return (
      <Notice title={text.audit.refusedTitle} why={failure.message} help={text.audit.refusedHelp} tone="bad" testid="audit-refused">
        <Button onClick={audit.again}>{text.audit.retry}</Button>
      </Notice>
    )
  }
  if (pages === null) return <ListSkeleton />
  if (pages.entries.length === 0) {
    return (
      <Notice
        title={filtered ? text.audit.filteredEmptyTitle : text.audit.emptyTitle}
        help={filtered ? text.audit.filteredEmptyHelp : text.audit.emptyHelp}
        icon={<IconClipboardList size={34} stroke={1.3} />}
        testid="audit-empty"
      />
    )
  }
  return (
    <>
      {failure === null ? null : (
        <p className={classes.stale} role="status">
          {text.audit.stale(failure.message)}
        </p>
      )}
      <AuditList entries={pages.entries}>
        <div className={classes.foot}>
          {pages.next === null ? (
            text.audit.all(pages.entries.length)
          ) : (
            <Button size="xs" variant="default" loading={audit.isLoadingMore} onClick={audit.more} data-testid="audit-more">
              {text.audit.more}
            </Button>
          )}
        </div>
      </AuditList>
    </>
  )
}

function ListSkeleton() {
  return (
    <div className={classes.skeleton} role="group" aria-busy aria-label={text.audit.loading} data-testid="audit-skeleton">
      {[72, 64, 80, 58, 69, 75].map((width) => (
        <Skeleton key={width} height={11} width={`${width}%`} />
      ))}
    </div>
  )
}
