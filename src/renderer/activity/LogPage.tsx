import { Button, SegmentedControl, Select } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useMemo, useState, type ReactNode } from 'react'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { may } from '#shared/domain/operator.ts'
import { useRoute, type LogView } from '../app/routes.ts'
import { useSession } from '../app/session.ts'
import { ActionsView } from '../audit/ActionsView.tsx'
import { FilterInput } from '../ui/FilterInput.tsx'
import page from '../ui/Page.module.css'
import { StaleBanner } from '../ui/StaleBanner.tsx'
import { text } from '../ui/text.ts'
import { FeedList } from './FeedList.tsx'
import { feedGroups, filterFeed, type FeedFilter, type FeedGroup } from './filter-feed.ts'
import classes from './LogPage.module.css'

const groups = feedGroups.map((value) => ({ value, label: text.log.groups[value] }))
const everything: FeedFilter = { room: null, group: null, text: '' }

/** What happened, and for who may read it what operators did. */
export function LogPage({ view }: { readonly view: LogView }) {
  const mayAudit = useSession((state) => state.operator !== null && may(state.operator, 'read_audit'))
  const head = (
    <>
      <h1 className={page.title}>{text.log.title}</h1>
      {mayAudit ? <ViewSwitch view={view} /> : null}
    </>
  )
  return view === 'actions' && mayAudit ? <ActionsView head={head} /> : <EventsView head={head} />
}

function ViewSwitch({ view }: { readonly view: LogView }) {
  const [, navigate] = useRoute()
  return (
    <SegmentedControl
      size="xs"
      aria-label={text.audit.views}
      data={[
        { value: 'events', label: text.audit.events },
        { value: 'actions', label: text.audit.actions },
      ]}
      value={view}
      transitionDuration={100}
      onChange={(value) => navigate(value === 'actions' ? '/log/actions' : '/log')}
    />
  )
}

/** The feed of all rooms, newest first. */
function EventsView({ head }: { readonly head: ReactNode }) {
  const feed = useSession((state) => state.feed)
  const [paused, setPaused] = useState<readonly FeedEvent[] | null>(null)
  const [filter, setFilter] = useState(everything)
  const shown = paused ?? feed
  const events = useMemo(() => filterFeed(shown, filter), [shown, filter])
  const waiting = paused === null ? 0 : countNewer(feed, paused)
  return (
    <div className={page.page}>
      <div className={`${page.toolbar} ${classes.toolbar}`}>
        {head}
        <Filters feed={shown} filter={filter} onFilter={setFilter} />
        <div className={page.spacer} />
        {paused === null ? null : (
          <span className={classes.paused} data-testid="log-paused">
            {text.log.paused(waiting)}
          </span>
        )}
        <Button
          size="xs"
          variant="default"
          leftSection={paused === null ? <IconPlayerPause size={14} aria-hidden /> : <IconPlayerPlay size={14} aria-hidden />}
          onClick={() => setPaused(paused === null ? feed : null)}
          data-testid="log-pause"
        >
          {paused === null ? text.log.pause : text.log.resume}
        </Button>
      </div>
      <StaleBanner />
      {events.length > 0 ? (
        <FeedList events={events} withRoom />
      ) : (
        <p className={classes.empty} data-testid="log-empty">
          {feed.length === 0 ? text.log.empty : text.log.filteredEmpty}
        </p>
      )}
    </div>
  )
}

function Filters(props: {
  readonly feed: readonly FeedEvent[]
  readonly filter: FeedFilter
  readonly onFilter: (filter: FeedFilter) => void
}) {
  const { filter, onFilter } = props
  const rooms = useMemo(() => roomNames(props.feed, filter.room), [props.feed, filter.room])
  return (
    <>
      <FilterInput
        className={classes.text}
        label={text.log.filter}
        clearLabel={text.log.clear}
        value={filter.text}
        onChange={(value) => onFilter({ ...filter, text: value })}
      />
      <Select
        size="xs"
        className={classes.select}
        aria-label={text.log.type}
        placeholder={text.log.anyType}
        data={groups}
        value={filter.group}
        clearable
        onChange={(value: FeedGroup | null) => onFilter({ ...filter, group: value })}
      />
      <Select
        size="xs"
        className={classes.select}
        aria-label={text.log.room}
        placeholder={text.log.anyRoom}
        data={rooms}
        value={filter.room}
        clearable
        searchable
        limit={100}
        onChange={(value) => onFilter({ ...filter, room: value })}
      />
    </>
  )
}

/** The rooms that events are about, by name; the chosen one stays even when its events are gone. */
function roomNames(feed: readonly FeedEvent[], chosen: string | null): string[] {
  const names = new Set(feed.flatMap((event) => event.data.room?.name ?? []))
  if (chosen !== null) names.add(chosen)
  return [...names].toSorted((a, b) => a.localeCompare(b))
}

function countNewer(feed: readonly FeedEvent[], paused: readonly FeedEvent[]): number {
  const last = paused.at(-1)?.data.id
  const index = feed.findLastIndex((event) => event.data.id === last)
  return feed.length - 1 - index
}
