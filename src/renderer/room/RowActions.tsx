import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconMicrophoneOff, IconUserMinus, IconVideoOff, type Icon } from '@tabler/icons-react'
import { memo } from 'react'
import { text } from '../ui/text.ts'
import type { Deed } from './make-action.ts'
import classes from './Participants.module.css'

type ActionsProps = {
  readonly identity: string
  readonly name: string
  /** Why each can't be done now; null when it can. */
  readonly mute: string | null
  readonly stopVideo: string | null
  readonly remove: string | null
  /** Only the selected row's buttons lie on the Tab path: a table of 5,000 must be left with one key. */
  readonly reachable: boolean
  readonly onStart: (deed: Deed, identity: string, withReason?: boolean) => void
}

export const RowActions = memo(function RowActions({ identity, name, reachable, onStart, ...blocked }: ActionsProps) {
  const deeds: readonly DeedProps[] = [
    { deed: 'mute', testid: 'mute', label: text.actions.mute, keyName: 'm', icon: IconMicrophoneOff, blocked: blocked.mute },
    {
      deed: 'stop_video',
      testid: 'stop-video',
      label: text.actions.stopVideo,
      keyName: 'v',
      icon: IconVideoOff,
      blocked: blocked.stopVideo,
    },
    { deed: 'remove', testid: 'remove', label: text.actions.remove, keyName: 'x', icon: IconUserMinus, blocked: blocked.remove },
  ]
  return (
    <span className={classes.actions} role="gridcell">
      {deeds.map((props) => (
        <DeedButton key={props.deed} {...props} name={name} reachable={reachable} onClick={() => onStart(props.deed, identity)} />
      ))}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            size={28}
            variant="subtle"
            color="gray"
            tabIndex={reachable ? 0 : -1}
            aria-label={text.actions.more(name)}
            data-testid="more"
          >
            <IconDots size={16} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={blocked.mute !== null} onClick={() => onStart('mute', identity, true)}>
            {text.actions.muteReason}
          </Menu.Item>
          <Menu.Item disabled={blocked.stopVideo !== null} onClick={() => onStart('stop_video', identity, true)}>
            {text.actions.stopVideoReason}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  )
})

type DeedProps = {
  readonly deed: Deed
  readonly testid: string
  readonly label: string
  readonly keyName: string
  readonly icon: Icon
  readonly blocked: string | null
}

/** A blocked button stays reachable and says why. */
function DeedButton(props: DeedProps & { readonly name: string; readonly reachable: boolean; readonly onClick: () => void }) {
  const label = text.actions.on(props.label, props.name)
  return (
    <ActionIcon
      size={28}
      variant="subtle"
      color="gray"
      tabIndex={props.reachable ? 0 : -1}
      aria-label={label}
      aria-disabled={props.blocked !== null}
      {...(props.blocked !== null && { 'data-disabled': true })}
      data-testid={props.testid}
      title={props.blocked === null ? `${props.label} (${props.keyName})` : `${props.label}: ${props.blocked}`}
      onClick={() => {
        if (props.blocked === null) props.onClick()
      }}
    >
      <props.icon size={17} stroke={1.7} />
    </ActionIcon>
  )
}
