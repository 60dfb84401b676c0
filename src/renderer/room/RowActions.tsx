import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconMicrophoneOff, IconUserMinus, IconVideoOff, type Icon } from '@tabler/icons-react'
import { memo } from 'react'
import type { Participant } from '#shared/domain/participant.ts'
import { text } from '../ui/text.ts'
import { shownName } from './arrange-participants.ts'
import { blocksFor } from './deeds/deed-blocks.ts'
import { deedSpecs, type PersonDeed } from './deeds/deed.ts'
import { startDeed } from './deeds/deeds-store.ts'
import type { Allowed } from './deeds/useAllowed.ts'
import { inspect } from './inspector/inspected.ts'
import type { SourceState } from './participant-view.ts'
import classes from './ParticipantRow.module.css'

/** The deeds that have a button of their own on each row; all others are in its menu. */
const quick: readonly { readonly deed: PersonDeed; readonly keyName: string; readonly icon: Icon }[] = [
  { deed: 'mute', keyName: 'm', icon: IconMicrophoneOff },
  { deed: 'stop_video', keyName: 'v', icon: IconVideoOff },
  { deed: 'remove', keyName: 'x', icon: IconUserMinus },
]
const inMenu: readonly PersonDeed[] = ['stop_screen', 'message', 'role', 'grant', 'deny', 'remove', 'ban']
const keys: Partial<Record<PersonDeed, string>> = { message: 'w', remove: 'x', ban: 'b' }

type ActionsProps = {
  readonly person: Participant
  readonly allowed: Allowed
  readonly audio: SourceState
  readonly video: SourceState
  readonly screen: SourceState
  /** Only the row that the keys are on has its buttons on the Tab path: a table of 5,000 must be left with one key. */
  readonly reachable: boolean
}

export const RowActions = memo(function RowActions({ person, allowed, reachable, ...seen }: ActionsProps) {
  const name = shownName(person)
  const blocks = blocksFor(allowed.offline, person, seen)
  const { identity } = person
  const has = (deed: PersonDeed) => allowed.personDeeds.includes(deed)
  return (
    <span className={classes.actions} role="gridcell">
      {quick
        .filter(({ deed }) => has(deed))
        .map((entry) => (
          <DeedButton
            key={entry.deed}
            {...entry}
            name={name}
            blocked={blocks[entry.deed]}
            reachable={reachable}
            onClick={() => startDeed(entry.deed, [identity])}
          />
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
          <Menu.Item rightSection="↵" onClick={() => inspect(identity, 'panel')} data-testid="menu-inspect">
            {text.actions.inspect}
          </Menu.Item>
          <Menu.Item rightSection="p" onClick={() => inspect(identity, 'permissions')} data-testid="menu-permissions">
            {text.actions.permissions}
          </Menu.Item>
          {has('mute') ? (
            <Menu.Item disabled={blocks.mute !== null} onClick={() => startDeed('mute', [identity], true)}>
              {text.actions.asks(text.actions.muteReason)}
            </Menu.Item>
          ) : null}
          {has('stop_video') ? (
            <Menu.Item disabled={blocks.stop_video !== null} onClick={() => startDeed('stop_video', [identity], true)}>
              {text.actions.asks(text.actions.stopVideoReason)}
            </Menu.Item>
          ) : null}
          {inMenu.filter(has).map((deed) => (
            <Menu.Item
              key={deed}
              disabled={blocks[deed] !== null}
              title={blocks[deed] ?? undefined}
              rightSection={keys[deed]}
              data-testid={`menu-${deed}`}
              {...(deedSpecs[deed].isHard && { className: classes.hard })}
              onClick={() => startDeed(deed, [identity])}
            >
              {deedSpecs[deed].asks ? text.actions.asks(text.actions.deed[deed]) : text.actions.deed[deed]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </span>
  )
})

type DeedProps = {
  readonly deed: PersonDeed
  readonly keyName: string
  readonly icon: Icon
  readonly name: string
  readonly blocked: string | null
  readonly reachable: boolean
  readonly onClick: () => void
}

/** A blocked button stays reachable and says why. */
function DeedButton(props: DeedProps) {
  const words = text.actions.deed[props.deed]
  return (
    <ActionIcon
      size={28}
      variant="subtle"
      color="gray"
      tabIndex={props.reachable ? 0 : -1}
      aria-label={text.actions.on(words, props.name)}
      aria-disabled={props.blocked !== null}
      {...(props.blocked !== null && { 'data-disabled': true })}
      data-testid={props.deed.replaceAll('_', '-')}
      title={props.blocked === null ? `${words} (${props.keyName})` : `${words}: ${props.blocked}`}
      onClick={() => {
        if (props.blocked === null) props.onClick()
      }}
    >
      <props.icon size={17} stroke={1.7} />
    </ActionIcon>
  )
}
