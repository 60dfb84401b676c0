import { Button } from '@mantine/core'
import { IconDoorOff, IconLock, IconMessage, IconMicrophoneOff, type Icon } from '@tabler/icons-react'
import { text } from '../../ui/text.ts'
import { deedSpecs, type RoomDeed } from '../deeds/deed.ts'
import { startRoomDeed } from '../deeds/deeds-store.ts'
import { useAllowed } from '../deeds/useAllowed.ts'
import classes from './RoomHeader.module.css'

const icons: Record<RoomDeed, Icon> = { message_all: IconMessage, mute_all: IconMicrophoneOff, lock: IconLock, close: IconDoorOff }

/** What can be done to the whole room; each asks first. */
export function RoomDeeds({ isLive }: { readonly isLive: boolean }) {
  const { roomDeeds, offline } = useAllowed()
  if (!isLive || roomDeeds.length === 0) return null
  return (
    <div className={classes.deeds} role="group" aria-label={text.roomMeasures.deeds}>
      {roomDeeds.map((deed) => {
        const DeedIcon = icons[deed]
        return (
          <Button
            key={deed}
            size="compact-sm"
            variant="default"
            leftSection={<DeedIcon size={14} stroke={1.8} aria-hidden />}
            aria-disabled={offline !== null}
            {...(offline !== null && { 'data-disabled': true, title: offline })}
            {...(deed === 'close' && deedSpecs[deed].isHard && { className: classes.hard })}
            onClick={() => startRoomDeed(deed)}
            data-testid={`room-${deed}`}
          >
            {text.actions.deed[deed]}
          </Button>
        )
      })}
    </div>
  )
}
