import { Button, SegmentedControl, Skeleton } from '@mantine/core'
import { IconFilter, IconShieldCheck } from '@tabler/icons-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { isInForce, type Measure } from '#shared/domain/measure.ts'
import { may } from '#shared/domain/operator.ts'
import { useClock } from '../app/clock.ts'
import { useSession } from '../app/session.ts'
import type { Reading } from '../app/useReading.ts'
import { FilterInput } from '../ui/FilterInput.tsx'
import { Notice } from '../ui/Notice.tsx'
import page from '../ui/Page.module.css'
import { StaleBanner } from '../ui/StaleBanner.tsx'
import { text } from '../ui/text.ts'
import { ChangeDialog } from './ChangeDialog.tsx'
import { EnforcementBanner } from './EnforcementBanner.tsx'
import { filterMeasures } from './measure-view.ts'
import { LiftDialog } from './LiftDialog.tsx'
import { MeasureList } from './MeasureList.tsx'
import type { Asking } from './MeasureRow.tsx'
import classes from './MeasuresPage.module.css'
import { useMeasures } from './useMeasures.ts'

/** Every measure of the service: in force with the time it has left, or past. */
export function MeasuresPage() {
  const operator = useSession((state) => state.operator)
  if (operator !== null && !may(operator, 'read_measures')) {
    return <Notice title={text.measures.notAllowedTitle} help={text.measures.notAllowed(operator.role)} testid="measures-not-allowed" />
  }
  return <Measures />
}

function Measures() {
  const [active, setActive] = useState(true)
  const [filter, setFilter] = useState('')
  const [asked, setAsked] = useState<{ readonly asking: Asking; readonly measure: Measure } | null>(null)
  const close = () => setAsked(null)
  const reading = useMeasures(active)
  const current = useCurrent(reading.value, active)
  const deferredFilter = useDeferredValue(filter)
  const shown = useMemo(() => filterMeasures(current ?? [], deferredFilter), [current, deferredFilter])
  return (
    <div className={page.page}>
      <div className={page.toolbar}>
        <h1 className={page.title}>{text.measures.title}</h1>
        <SegmentedControl
          size="xs"
          aria-label={text.measures.show}
          data={[
            { value: 'active', label: text.measures.active },
            { value: 'past', label: text.measures.past },
          ]}
          value={active ? 'active' : 'past'}
          transitionDuration={100}
          onChange={(value) => setActive(value === 'active')}
        />
        <FilterInput
          className={classes.filter}
          label={text.measures.filter}
          clearLabel={text.measures.clear}
          value={filter}
          onChange={setFilter}
          leftSection={<IconFilter size={13} aria-hidden />}
        />
        {current === null ? null : (
          <span className={classes.count} data-testid="measure-count">
            {text.wall.count(shown.length, current.length)}
          </span>
        )}
      </div>
      <StaleBanner />
      <EnforcementBanner seen={reading.value} />
      {reading.failure === null || reading.value === null ? null : (
        <p className={classes.stale} role="status">
          {text.measures.rereadFailed(reading.failure.message)}
        </p>
      )}
      {shown.length > 0 ? (
        <MeasureList measures={shown} active={active} onAsk={(asking, measure) => setAsked({ asking, measure })} />
      ) : (
        <NoMeasures reading={reading} active={active} isFiltered={(current ?? []).length > 0} />
      )}
      <ChangeDialog measure={asked?.asking === 'change' ? asked.measure : null} newest={reading} onClose={close} />
      <LiftDialog measure={asked?.asking === 'lift' ? asked.measure : null} onClose={close} />
    </div>
  )
}

/** What ran out while it is on the screen is not in force any more. */
function useCurrent(measures: readonly Measure[] | null, active: boolean): readonly Measure[] | null {
  const over = useClock(({ now }) =>
    (active ? (measures ?? []) : [])
      .filter((measure) => !isInForce(measure, now))
      .map(({ id }) => id)
      .join('\n'),
  )
  return useMemo(() => {
    const gone = new Set(over.split('\n'))
    return measures?.filter(({ id }) => !gone.has(id)) ?? null
  }, [measures, over])
}

function NoMeasures(props: { readonly reading: Reading<readonly Measure[]>; readonly active: boolean; readonly isFiltered: boolean }) {
  const { reading, active } = props
  if (props.isFiltered) return <p className={classes.empty}>{text.measures.filteredEmpty}</p>
  if (reading.value === null && reading.failure !== null) {
    return (
      <Notice
        title={text.measures.refusedTitle}
        why={reading.failure.message}
        help={text.measures.refusedHelp}
        tone="bad"
        testid="measures-refused"
      >
        <Button onClick={reading.again}>{text.measures.retry}</Button>
      </Notice>
    )
  }
  if (reading.value === null) return <ListSkeleton />
  return (
    <Notice
      title={active ? text.measures.emptyTitle : text.measures.pastEmptyTitle}
      help={active ? text.measures.emptyHelp : text.measures.pastEmptyHelp}
      icon={<IconShieldCheck size={34} stroke={1.3} />}
      testid="measures-empty"
    />
  )
}

function ListSkeleton() {
  return (
    <div className={classes.skeleton} role="group" aria-busy aria-label={text.measures.loading} data-testid="measures-skeleton">
      {[72, 64, 80, 58, 69].map((width) => (
        <Skeleton key={width} height={12} width={`${width}%`} />
      ))}
    </div>
  )
}
