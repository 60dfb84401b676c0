import { UnstyledButton } from '@mantine/core'
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
import classes from './ParticipantRow.module.css'

type Source = 'microphone' | 'camera' | 'screen_share'

/** What is not published is a dot: a crossed icon means that somebody keeps silent or is kept silent. */
const icons: Record<Source, Readonly<Record<SourceState, Icon>>> = {
  microphone: { on: IconMicrophone, muted: IconMicrophoneOff, off: IconPointFilled, denied: IconMicrophoneOff },
  camera: { on: IconVideo, muted: IconVideoOff, off: IconPointFilled, denied: IconVideoOff },
  screen_share: { on: IconScreenShare, muted: IconScreenShareOff, off: IconPointFilled, denied: IconScreenShareOff },
}

type MarkProps = { readonly source: Source; readonly state: SourceState }

/** The state of one source of somebody, told by icon and colour, and by name to who can't see them. */
export function SourceMark({ source, state }: MarkProps) {
  const label = labelOf(source, state)
  // Hardly anybody shares a screen: a mark that says so on every row would be noise.
  if (source === 'screen_share' && state !== 'on') return <span className={classes.source} role="img" aria-label={label} />
  const StateIcon = icons[source][state]
  return (
    <span className={classes.source} data-state={state} role="img" aria-label={label} title={label}>
      <StateIcon size={state === 'off' ? 9 : 17} stroke={1.7} aria-hidden />
    </span>
  )
}

type ToggleProps = MarkProps & {
  /** Whether the person may publish it, with what is on its way. */
  readonly isAllowed: boolean
  readonly isPending: boolean
  /** Why it can't be turned now; null when it can. */
  readonly blocked: string | null
  readonly reachable: boolean
  readonly onTurn: (on: boolean) => void
}

/** S2.5 The same as a button that gives or takes the right to publish it. */
export function SourceToggle({ source, state, isAllowed, isPending, blocked, reachable, onTurn }: ToggleProps) {
  const shown: SourceState = isAllowed ? (state === 'denied' ? 'off' : state) : state === 'on' || state === 'muted' ? state : 'denied'
  const StateIcon = icons[source][shown]
  const name = text.dialog.source[source]
  const title = `${labelOf(source, shown)}. ${blocked ?? text.inspector.toggleMay(name, isAllowed)}`
  return (
    <UnstyledButton
      className={`${classes.source} ${classes.toggle}`}
      data-state={shown}
      data-pending={isPending}
      data-testid={`may-${source}`}
      tabIndex={reachable ? 0 : -1}
      aria-label={isPending ? `${title} ${text.inspector.pending}` : title}
      aria-pressed={isAllowed}
      aria-disabled={blocked !== null}
      title={isPending ? `${title} (${text.inspector.pending})` : title}
      onClick={() => {
        if (blocked === null) onTurn(!isAllowed)
      }}
    >
      <StateIcon size={shown === 'off' ? 9 : 17} stroke={1.7} aria-hidden />
    </UnstyledButton>
  )
}

function labelOf(source: Source, state: SourceState): string {
  return text.room.sourceIs(text.dialog.source[source], text.room.source[state])
}
