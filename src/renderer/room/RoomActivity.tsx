import { useMemo } from 'react'
import { FeedList } from '../activity/FeedList.tsx'
import { filterFeed } from '../activity/filter-feed.ts'
import { useSession } from '../app/session.ts'
import { text } from '../ui/text.ts'
import classes from './RoomPage.module.css'

/** What happened in this room and who did it, newest first. */
export function RoomActivity({ room }: { readonly room: string }) {
  const feed = useSession((state) => state.feed)
  const events = useMemo(() => filterFeed(feed, { room, group: null, text: '' }), [feed, room])
  return (
    <section className={classes.activity} aria-label={text.room.activity}>
      <h2 className={classes.activityTitle}>{text.room.activity}</h2>
      {events.length === 0 ? <div className={classes.quiet}>{text.room.noActivity}</div> : <FeedList events={events} withRoom={false} />}
    </section>
  )
}
