import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconMicrophoneOff, IconUserMinus, IconVideoOff, type Icon } from '@tabler/icons-react'
import type { Participant } from '#shared/domain/participant.ts'
import { text } from '../ui/text.ts'
import { shownName } from './arrange-participants.ts'
import type { Blocks } from './deed-blocks.ts'
import type { Deed } from './make-action.ts'
import classes from './Participants.module.css'

type ActionsProps = {
  readonly participant: Participant
  readonly blocks: Blocks
  /** Only the selected row's buttons lie on the Tab path: a table of 5,000 must be left with one key. */
  readonly reachable: boolean
  readonly onStart: (deed: Deed, identity: string, withReason?: boolean) => void
}

export function RowActions({ participant, blocks, reachable, onStart }: ActionsProps) {
  const name = shownName(participant)
  const { identity } = participant
  const button = { name, reachable }
  return (
    <span className={classes.actions} role="gridcell">
      <DeedButton
        {...button}
        testid="mute"
        label={text.actions.mute}
        keyName="m"
        icon={IconMicrophoneOff}
        blocked={blocks.mute}
        onClick={() => onStart('mute', identity)}
      />
      <DeedButton
        {...button}
        testid="stop-video"
        label={text.actions.stopVideo}
        keyName="v"
        icon={IconVideoOff}
        blocked={blocks.stop_video}
        onClick={() => onStart('stop_video', identity)}
      />
      <DeedButton
        {...button}
        testid="remove"
        label={text.actions.remove}
        keyName="x"
        icon={IconUserMinus}
        blocked={blocks.remove}
        onClick={() => onStart('remove', identity)}
      />
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
          <Menu.Item disabled={blocks.mute !== null} onClick={() => onStart('mute', identity, true)}>
            {text.actions.muteReason}
          </Menu.Item>
          <Menu.Item disabled={blocks.stop_video !== null} onClick={() => onStart('stop_video', identity, true)}>
            {text.actions.stopVideoReason}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  )
}

type DeedButtonProps = {
  readonly name: string
  readonly reachable: boolean
  readonly testid: string
  readonly label: string
  readonly keyName: string
  readonly icon: Icon
  readonly blocked: string | null
  readonly onClick: () => void
}

/** A blocked button stays reachable and says why. */
function DeedButton(props: DeedButtonProps) {
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
