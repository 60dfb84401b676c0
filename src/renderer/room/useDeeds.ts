import { notifications } from '@mantine/notifications'
import { useCallback, useMemo, useState } from 'react'
import { whyBlocked } from '../app/action-block.ts'
import { act } from '../app/actions.ts'
import { announce } from '../app/announcer.ts'
import { rememberReason } from '../app/preferences.ts'
import { useSession } from '../app/session.ts'
import { blocksFor, type Blocks } from './deed-blocks.ts'
import { makeAction, type Deed, type Target } from './make-action.ts'
import { useSignals } from './observe/signals-store.ts'
import { viewParticipant } from './participant-view.ts'

/** A deed that waits for its reason in a dialog. */
export type Asked = { readonly deed: Deed; readonly target: Target }

export type Deeds = {
  readonly byRole: Blocks
  readonly asked: Asked | null
  /** Does it at once, or asks first: removing always asks. Nothing happens where it is blocked. */
  readonly start: (deed: Deed, identity: string, withReason?: boolean) => void
  readonly confirm: (reason: string) => void
  readonly cancel: () => void
}

/** What can be done to the people of the open room, and the dialog that may come before. */
export function useDeeds(): Deeds {
  const connection = useSession((state) => state.connection.state)
  const operator = useSession((state) => state.operator)
  const [asked, setAsked] = useState<Asked | null>(null)
  const byRole = useMemo<Blocks>(() => {
    const mute = whyBlocked(connection, operator, 'mute')
    return { mute, stop_video: mute, remove: whyBlocked(connection, operator, 'remove') }
  }, [connection, operator])

  const start = useCallback(
    (deed: Deed, identity: string, withReason = false) => {
      const target = findTarget(identity)
      if (target === null) return
      const view = viewParticipant(target.person, useSignals.getState().signals)
      const blocked = blocksFor(byRole, target.person.isOnline, view)[deed]
      if (blocked !== null) return tellBlocked(blocked)
      if (deed === 'remove' || withReason) setAsked({ deed, target })
      else void act(makeAction(deed, target, crypto.randomUUID(), ''))
    },
    [byRole],
  )
  const confirm = useCallback(
    (reason: string) => {
      if (asked === null) return
      if (reason.trim() !== '') rememberReason(reason.trim())
      void act(makeAction(asked.deed, asked.target, crypto.randomUUID(), reason))
      setAsked(null)
    },
    [asked],
  )
  return { byRole, asked, start, confirm, cancel: useCallback(() => setAsked(null), []) }
}

/** A key that can do nothing says why. */
function tellBlocked(why: string): void {
  announce(why)
  notifications.show({ id: 'blocked', message: why, autoClose: 3000, withCloseButton: false })
}

function findTarget(identity: string): Target | null {
  const { open } = useSession.getState()
  const person = open?.participants.get(identity)
  return open === null || person === undefined ? null : { room: open.room, roomSid: open.facts?.sid ?? '', person }
}
