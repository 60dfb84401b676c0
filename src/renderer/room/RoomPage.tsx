import { Button } from '@mantine/core'
import { useEffect } from 'react'
import { leaveRoom, openRoom, retryOpenRoom, useSession } from '../app/session.ts'
import { Notice } from '../ui/Notice.tsx'
import page from '../ui/Page.module.css'
import { StaleBanner } from '../ui/StaleBanner.tsx'
import { text } from '../ui/text.ts'
import { useObserver } from './observe/useObserver.ts'
import { Participants } from './Participants.tsx'
import { RoomActivity } from './RoomActivity.tsx'
import { RoomHeader } from './RoomHeader.tsx'
import { observableSid } from './room-life.ts'
import classes from './RoomPage.module.css'

/** One room: opened while the page is shown, and followed live. */
export function RoomPage({ room }: { readonly room: string }) {
  useEffect(() => {
    openRoom(room)
    return () => leaveRoom(room)
  }, [room])
  useObserver(
    room,
    useSession((state) => observableSid(state.rooms, room, state.open?.room === room ? state.open.facts : null)),
  )
  const refused = useSession((state) => (state.open?.ask === 'refused' && state.open.facts === null ? state.open.why : null))
  return (
    <div className={`${page.page} ${classes.page}`}>
      <RoomHeader room={room} />
      <StaleBanner />
      {refused === null ? (
        <div className={classes.columns}>
          <Participants room={room} />
          <RoomActivity room={room} />
        </div>
      ) : (
        <Notice title={text.room.refusedTitle} why={refused} help="" tone="bad" testid="room-refused">
          <Button onClick={retryOpenRoom}>{text.start.retry}</Button>
        </Notice>
      )}
    </div>
  )
}
