import {
  IconMicrophone,
  IconMicrophoneOff,
  IconPointFilled,
  IconScreenShare,
  IconScreenShareOff,
  IconVideo,
  IconVideoOff,
  type Icon,
} from '@tabler/icons-react'
import { text } from '../ui/text.ts'
import type { SourceState } from './participant-view.ts'
import classes from './Participants.module.css'

type Source = 'microphone' | 'camera' | 'screen_share'

/** What is not published is a dot: a crossed icon means that somebody keeps silent or is kept silent. */
const icons: Record<Source, Readonly<Record<SourceState, Icon>>> = {
  microphone: { on: IconMicrophone, muted: IconMicrophoneOff, off: IconPointFilled, denied: IconMicrophoneOff },
  camera: { on: IconVideo, muted: IconVideoOff, off: IconPointFilled, denied: IconVideoOff },
  screen_share: { on: IconScreenShare, muted: IconScreenShareOff, off: IconPointFilled, denied: IconScreenShareOff },
}

/** The state of one source of somebody, told by icon and colour, and by name to who can't see them. */
export function SourceMark({ source, state }: { readonly source: Source; readonly state: SourceState }) {
  const label = text.room.sourceIs(capitalize(text.source[source]), text.room.source[state])
  // Hardly anybody shares a screen: a mark that says so on every row would be noise.
  if (source === 'screen_share' && state !== 'on') return <span className={classes.source} role="img" aria-label={label} />
  const StateIcon = icons[source][state]
  return (
    <span className={classes.source} data-state={state} role="img" aria-label={label} title={label}>
      <StateIcon size={state === 'off' ? 9 : 17} stroke={1.7} aria-hidden />
    </span>
  )
}

function capitalize(words: string): string {
  return words.charAt(0).toLocaleUpperCase() + words.slice(1)
}
