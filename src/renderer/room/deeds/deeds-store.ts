import { notifications } from '@mantine/notifications'
import { create } from 'zustand'
import type { Participant } from '#shared/domain/participant.ts'
import { whyBlocked, whyOffline } from '../../app/action-block.ts'
import { act } from '../../app/actions.ts'
import { announce } from '../../app/announcer.ts'
import { offerUndo } from '../../app/UndoOffer.tsx'
import { rememberReason } from '../../app/preferences.ts'
import { useSession } from '../../app/session.ts'
import { useSignals } from '../observe/signals-store.ts'
import { viewParticipant } from '../participant-view.ts'
import { blocksFor, reachable } from './deed-blocks.ts'
import { deedSpecs, type Deed, type PersonDeed, type RoomDeed } from './deed.ts'
import { makeAction, newDraft, type Draft, type Target } from './make-action.ts'

/** A deed that waits in a dialog. */
export type Asked = { readonly deed: Deed; readonly target: Target }

/** The deed that is asked about in the open room. */
export const useAsked = create<{ readonly asked: Asked | null }>()(() => ({ asked: null }))

export function closeDialog(): void {
  useAsked.setState({ asked: null })
}

/** Does something to people of the open room: to one person at once where that needs no words, else it asks first. Where nothing can be done it says why. */
export function startDeed(deed: PersonDeed, identities: readonly string[], withReason = false): void {
  const people = findPeople(identities)
  const [first] = people
  if (first === undefined) return
  const blocked = whyBlockedNow(deedSpecs[deed].action) ?? whyNobody(deed, people)
  if (blocked !== null) return tellBlocked(blocked)
  const target = targetOf(reachable(deed, people, viewNow))
  if (deedSpecs[deed].asks || withReason || target.people.length > 1) useAsked.setState({ asked: { deed, target } })
  else void send(deed, target, newDraft(deed))
}

/** Asks about something that is for the whole room. */
export function startRoomDeed(deed: RoomDeed): void {
  const blocked = whyBlockedNow(deedSpecs[deed].action)
  if (blocked !== null) return tellBlocked(blocked)
  const people = [...(useSession.getState().open?.participants.values() ?? [])].filter((person) => person.isOnline)
  useAsked.setState({ asked: { deed, target: targetOf(people) } })
}

/** Sends what was filled in. */
export function confirmDeed({ deed, target }: Asked, draft: Draft): void {
  closeDialog()
  rememberReason(draft.reason)
  void send(deed, target, draft)
}

async function send(deed: Deed, target: Target, draft: Draft): Promise<void> {
  const action = makeAction(deed, target, draft, crypto.randomUUID(), Date.now())
  const before = new Map(target.people.map((person) => [person.identity, person]))
  offerUndo(action, await act(action), before)
}

/** A key or button that can do nothing says why. */
function tellBlocked(why: string): void {
  announce(why)
  notifications.show({ id: 'blocked', message: why, autoClose: 3000, withCloseButton: false })
}

function whyBlockedNow(action: Parameters<typeof whyBlocked>[2]): string | null {
  const { connection, operator } = useSession.getState()
  return whyBlocked(connection.state, operator, action)
}

/** Why a deed is for none of them: what keeps it from the first. */
function whyNobody(deed: PersonDeed, people: readonly Participant[]): string | null {
  if (reachable(deed, people, viewNow).length > 0) return null
  const [first] = people
  const offline = whyOffline(useSession.getState().connection.state)
  return first === undefined ? null : blocksFor(offline, first, viewNow(first))[deed]
}

function viewNow(person: Participant) {
  return viewParticipant(person, useSignals.getState().signals)
}

function findPeople(identities: readonly string[]): readonly Participant[] {
  const people = useSession.getState().open?.participants
  return identities.flatMap((identity) => people?.get(identity) ?? [])
}

function targetOf(people: readonly Participant[]): Target {
  const { open } = useSession.getState()
  return { room: open?.room ?? '', roomSid: open?.facts?.sid ?? '', people }
}
