import { identitiesOf, type Action } from '#shared/domain/action.ts'
import type { Participant, Permissions } from '#shared/domain/participant.ts'
import type { HeldAction } from '../../app/held-action.ts'
import { applyChange, isOn, switchesBetween, switchNames, withSources, type SwitchName } from './switches.ts'

/** What somebody has, with what is on its way laid over it. */
type Rights = { readonly permissions: Permissions; readonly role: string }

/** Rights as they are shown. `pending`: the switches that wait for their fact; `refused`: those whose last turn was refused, with the action that was. */
export type LaidRights = Rights & {
  readonly pending: ReadonlySet<SwitchName>
  readonly isRolePending: boolean
  readonly refused: ReadonlyMap<SwitchName, HeldAction>
  readonly roleRefused: HeldAction | null
}

/**
 * S2.4 Lays what is on its way over the facts, without writing it into them. `entries`: the actions about this person, the oldest first. One that was done counts until a newer fact of the
 * person is there; a refused one not at all, so that the facts show again.
 */
export function layPending(person: Participant, facts: Permissions, entries: readonly HeldAction[]): LaidRights {
  let laid: Rights = { permissions: facts, role: person.role }
  const pending = new Set<SwitchName>()
  let isRolePending = false
  const refused = new Map<SwitchName, HeldAction>()
  let roleRefused: HeldAction | null = null
  for (const entry of entries) {
    const next = changeBy(entry.action, laid)
    if (next === null) continue
    const touched = entry.switched === undefined ? switchesBetween(laid.permissions, next.permissions) : [entry.switched.name]
    // Whatever was tried later says more than an earlier refusal.
    for (const name of touched) refused.delete(name)
    const isRole = entry.action.type === 'set_role'
    if (isRole) roleRefused = null
    if (entry.outcome.state === 'failed') {
      for (const name of touched) refused.set(name, entry)
      if (isRole) roleRefused = entry
    } else if (entry.outcome.state === 'pending') {
      laid = next
      for (const name of touched) pending.add(name)
      isRolePending ||= isRole
    } else if (entry.settledOn?.get(person.identity) === person && !isSame(next, laid)) laid = next
  }
  for (const name of switchesBetween(laid.permissions, facts)) pending.add(name)
  return { ...laid, pending, isRolePending: isRolePending || laid.role !== person.role, refused, roleRefused }
}

/** Whether an action that was done changed something that the facts don't show yet, and no newer fact of the person has come since. */
function awaitsFact(entry: HeldAction, person: Participant): boolean {
  if (entry.outcome.state !== 'done' || entry.settledOn?.get(person.identity) !== person) return false
  const next = changeBy(entry.action, { permissions: person.permissions, role: person.role })
  return next !== null && !isSame(next, person)
}

/** The first person of the open room whom a done action changed and of whom no newer fact has come; null where all facts are there. */
export function findUnconfirmed(entry: HeldAction, people: ReadonlyMap<string, Participant>): Participant | null {
  for (const identity of identitiesOf(entry.action)) {
    const person = people.get(identity)
    if (person !== undefined && awaitsFact(entry, person)) return person
  }
  return null
}

/** To whoever looks at them. What is not allowed to publish may say this or that of its sources. */
function isSame(a: Rights, b: Rights): boolean {
  return a.role === b.role && switchNames.every((name) => isOn(a.permissions, name) === isOn(b.permissions, name))
}

function changeBy(action: Action, rights: Rights): Rights | null {
  const { permissions } = rights
  switch (action.type) {
    case 'set_permissions':
      return { ...rights, permissions: applyChange(permissions, definedOf(action.permissions)) }
    case 'grant_sources':
      return { ...rights, permissions: applyChange(permissions, withSources(permissions, action.sources, true)) }
    case 'deny_sources':
      return { ...rights, permissions: applyChange(permissions, withSources(permissions, action.sources, false)) }
    case 'set_role':
      return { ...rights, role: action.role }
    default:
      return null
  }
}

type Loose = { readonly [Key in keyof Permissions]?: Permissions[Key] | undefined }

function definedOf(change: Loose): Partial<Permissions> {
  return {
    ...(change.canSubscribe !== undefined && { canSubscribe: change.canSubscribe }),
    ...(change.canPublish !== undefined && { canPublish: change.canPublish }),
    ...(change.canPublishData !== undefined && { canPublishData: change.canPublishData }),
    ...(change.canPublishSources !== undefined && { canPublishSources: change.canPublishSources }),
    ...(change.canUpdateMetadata !== undefined && { canUpdateMetadata: change.canUpdateMetadata }),
  }
}
