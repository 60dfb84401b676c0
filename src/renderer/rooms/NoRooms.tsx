import { Button } from '@mantine/core'
import { IconDoorEnter, IconFilterOff, IconMoodCheck, IconPlugConnectedX } from '@tabler/icons-react'
import { setPreferences, usePreferences } from '../app/preferences.ts'
import { useSession } from '../app/session.ts'
import { Notice } from '../ui/Notice.tsx'
import { text } from '../ui/text.ts'
import { WallSkeleton } from './WallSkeleton.tsx'

/** Why the wall shows no room, and what to do. */
export function NoRooms() {
  const known = useSession((state) => state.rooms !== null)
  const isEmpty = useSession((state) => state.rooms?.size === 0)
  const connection = useSession((state) => state.connection)
  const view = usePreferences((state) => state.roomView)
  const attentionOnly = usePreferences((state) => state.roomAttentionOnly)
  // Without a live connection nothing is known of rooms, not even that there is none.
  if (connection.state === 'offline' && (!known || isEmpty))
    return (
      <Notice
        title={text.wall.unknownTitle}
        why={connection.why}
        help={text.wall.unknownHelp}
        tone="bad"
        icon={<IconPlugConnectedX size={40} stroke={1.2} />}
        testid="wall-unknown"
      >
        <Button component="a" href="#/settings" variant="default">
          {text.wall.toSettings}
        </Button>
      </Notice>
    )
  if (!known) return <WallSkeleton view={view} />
  if (isEmpty)
    return (
      <Notice title={text.wall.emptyTitle} help={text.wall.emptyHelp} icon={<IconDoorEnter size={40} stroke={1.2} />} testid="wall-empty" />
    )
  return attentionOnly ? <NoAttention /> : <NoMatch />
}

function NoAttention() {
  const name = usePreferences((state) => state.roomFilter.trim())
  return (
    <Notice
      title={name === '' ? text.attention.noneTitle : text.attention.noneFilteredTitle}
      why={name === '' ? null : `“${name}”`}
      help={text.attention.noneHelp}
      icon={<IconMoodCheck size={40} stroke={1.2} />}
      testid="wall-no-attention"
    >
      <Button variant="default" onClick={() => setPreferences({ roomFilter: '', roomAttentionOnly: false })}>
        {text.attention.showAll}
      </Button>
    </Notice>
  )
}

function NoMatch() {
  const name = usePreferences((state) => state.roomFilter.trim())
  return (
    <Notice title={text.wall.filteredTitle} help={`“${name}”`} icon={<IconFilterOff size={40} stroke={1.2} />} testid="wall-filtered-empty">
      <Button variant="default" onClick={() => setPreferences({ roomFilter: '' })}>
        {text.wall.clearFilter}
      </Button>
    </Notice>
  )
}
