import { Button } from '@mantine/core'
import { useEffect } from 'react'
import { leaveRoom, openRoom, retryOpenRoom, useSession } from '../app/session.ts'
import { RoomPast } from '../sessions/RoomPast.tsx'
import { Notice } from '../ui/Notice.tsx'
import page from '../ui/Page.module.css'
import { StaleBanner } from '../ui/StaleBanner.tsx'
import { text } from '../ui/text.ts'
import { DeedDialog } from './deeds/DeedDialog.tsx'
import { closeDialog } from './deeds/deeds-store.ts'
import { Inspector } from './inspector/Inspector.tsx'
import { closeInspector, inspect, useInspected } from './inspector/inspected.ts'
import { useObserver } from './observe/useObserver.ts'
import { Participants } from './Participants.tsx'
import { RoomActivity } from './RoomActivity.tsx'
import { RoomHeader } from './RoomHeader.tsx'
import { observableSid } from './room-life.ts'
import { useRoomMeasures } from './useRoomMeasures.ts'
import classes from './RoomPage.module.css'

type PageProps = { readonly room: string; /** Whose details are open from the start. */ readonly person?: string | null }

/** One room: opened while the page is shown, and followed live. */
export function RoomPage({ room, person = null }: PageProps) {
  useEffect(() => {
    openRoom(room)
    return () => {
      leaveRoom(room)
      closeDialog()
      closeInspector()
    }
  }, [room])
  useEffect(() => {
    if (person !== null) inspect(person, 'panel')
  }, [person])
  useObserver(
    room,
    useSession((state) => observableSid(state.rooms, room, state.open?.room === room ? state.open.facts : null)),
  )
  useRoomMeasures(room)
  const refused = useSession((state) => (state.open?.ask === 'refused' && state.open.facts === null ? state.open.why : null))
  const inspected = useInspected((state) => state.identity)
  return (
    <div className={`${page.page} ${classes.page}`}>
      <RoomHeader room={room} />
      <StaleBanner />
      {refused === null ? (
        <div className={classes.columns} data-inspecting={inspected !== null}>
          <Participants room={room} />
          {inspected === null ? <RoomActivity room={room} /> : <Inspector identity={inspected} />}
        </div>
      ) : (
        <Notice title={text.room.refusedTitle} why={refused} help="" tone="bad" testid="room-refused">
          <Button onClick={retryOpenRoom}>{text.start.retry}</Button>
        </Notice>
      )}
      <RoomPast room={room} />
      <DeedDialog />
    </div>
  )
}
