import { useMemo } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { FeedList } from '../activity/FeedList.tsx'
import { isAboutSomebodyEverywhere } from '../activity/filter-feed.ts'
import { useSession } from '../app/session.ts'
import { text } from '../ui/text.ts'
import classes from './RoomPage.module.css'

/** What happened in this room and who did it, newest first; what was imposed in all rooms on somebody who is or was here, too. */
export function RoomActivity({ room }: { readonly room: string }) {
  const feed = useSession((state) => state.feed)
  const everywhere = useMemo(() => feed.filter(isAboutSomebodyEverywhere), [feed])
  const here = useSession(
    useShallow(({ open }) => everywhere.filter(({ data }) => open?.participants.has(data.participant?.identity ?? '') ?? false)),
  )
  const events = useMemo(() => {
    const shown = new Set(here)
    return feed.filter((event) => event.data.room?.name === room || shown.has(event)).toReversed()
  }, [feed, room, here])
  return (
    <section className={classes.activity} aria-label={text.room.activity}>
      <h2 className={classes.activityTitle}>{text.room.activity}</h2>
      {events.length === 0 ? <div className={classes.quiet}>{text.room.noActivity}</div> : <FeedList events={events} withRoom={false} />}
    </section>
  )
}
