import { identitiesOf, type Action } from '#shared/domain/action.ts'
import { concerns, deniedSources, isInForce, type Measure } from '#shared/domain/measure.ts'
import type { Participant } from '#shared/domain/participant.ts'
import { act, dismissAction, retryAction } from '../../app/actions.ts'
import { actionsOn, type HeldAction } from '../../app/held-action.ts'
import { useSession } from '../../app/session.ts'
import { useSignals } from '../observe/signals-store.ts'
import { viewParticipant } from '../participant-view.ts'
import { layPending } from './lay-pending.ts'
import { changeFor, sourcesOf, type SwitchName } from './switches.ts'

/**
 * Turns a switch of somebody in the open room. What is asked for is made from the facts and from what is on its way, so that two quick turns don't undo each other; a source that a
 * measure denies is granted, which lifts that here.
 */
export function turnSwitch(identity: string, name: SwitchName, on: boolean): void {
  const { open, pending } = useSession.getState()
  const person = open?.participants.get(identity)
  if (open === null || person === undefined) return
  const common = commonOf(open.room, open.facts?.sid ?? '', person)
  const sources = sourcesOf(name)
  if (on && sources !== null && isDenied(name, measuresAbout(open.facts?.measures ?? [], open.room, person, Date.now()))) {
    void act({ ...common, type: 'grant_sources', sources: [...sources] }, { name, on })
    return
  }
  const seen = viewParticipant(person, useSignals.getState().signals).permissions
  const { permissions } = layPending(person, seen, actionsOn(pending, open.room, person))
  void act({ ...common, type: 'set_permissions', permissions: changeFor(permissions, name, on) }, { name, on })
}

/** The same once more after a refusal; a switch is turned from what is true now. */
export function retryHeld({ action, switched }: HeldAction): void {
  const [identity] = identitiesOf(action)
  if (switched === undefined || identity === undefined) return retryAction(action)
  dismissAction(action.actionId)
  turnSwitch(identity, switched.name, switched.on)
}

/** What is in force about somebody in a room. */
export function measuresAbout(
  measures: readonly Measure[],
  room: string,
  { identity, role }: Participant,
  now: number,
): readonly Measure[] {
  return measures.filter((measure) => isInForce(measure, now) && concerns(measure, { identity, room, role }))
}

/** Whether one of these measures takes away what a switch stands for. */
export function isDenied(name: SwitchName, measures: readonly Measure[]): boolean {
  const denied = deniedSources(measures)
  return sourcesOf(name)?.some((source) => denied.includes(source)) ?? false
}

function commonOf(
  room: string,
  roomSid: string,
  { identity, sid, isOnline }: Participant,
): Pick<Action, 'actionId'> & { room: string; identity: string; expect: NonNullable<Action['expect']> } {
  return {
    actionId: crypto.randomUUID(),
    room,
    identity,
    expect: { ...(isOnline && { participantSid: sid }), ...(roomSid !== '' && { roomSid }) },
  }
}
