import type { Action } from '#shared/domain/action.ts'
import type { Except, MeasureScope } from '#shared/domain/measure.ts'
import type { Participant, PublishSource } from '#shared/domain/participant.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { deedSpecs, isRoomDeed, needsCount, type Deed } from './deed.ts'
import { untilOf, type Lasting } from './lasting.ts'

/** Whom an action means: the people and the sessions that were on the screen when it was chosen; of a room's deed everybody who was online. */
export type Target = { readonly room: string; readonly roomSid: string; readonly people: readonly Participant[] }

/** What was filled in. `except`: who is left out. `count`: as it was typed. */
export type Draft = {
  readonly reason: string
  readonly text: string
  readonly role: string
  readonly sources: readonly PublishSource[]
  readonly scope: MeasureScope
  readonly lasting: Lasting
  readonly except: { readonly identities: readonly string[]; readonly roles: readonly string[] }
  readonly count: string
}

/** A draft as a dialog opens with. */
export function newDraft(deed: Deed): Draft {
  return {
    reason: '',
    text: '',
    role: '',
    sources: deedSpecs[deed].sources,
    scope: 'room',
    lasting: { choice: deed === 'close' ? 'none' : '1h', at: '' },
    except: { identities: [], roles: [] },
    count: '',
  }
}

/** The people it is for: those meant, but for who is left out. */
export function affected({ people }: Pick<Target, 'people'>, { except }: Pick<Draft, 'except'>): readonly Participant[] {
  if (except.identities.length === 0 && except.roles.length === 0) return people
  const identities = new Set(except.identities)
  return people.filter((one) => !identities.has(one.identity) && !except.roles.includes(one.role))
}

export type DraftError = 'reason' | 'text' | 'role' | 'sources' | 'until' | 'count' | 'nobody'

/** What a draft lacks before it can be sent. */
export function checkDraft(deed: Deed, target: Target, draft: Draft, now: number): ReadonlySet<DraftError> {
  const { reason, fields } = deedSpecs[deed]
  const people = affected(target, draft).length
  const errors = new Set<DraftError>()
  if (reason === 'needed' && draft.reason.trim() === '') errors.add('reason')
  if (fields.includes('text') && draft.text.trim() === '') errors.add('text')
  if (fields.includes('role') && draft.role.trim() === '') errors.add('role')
  if (fields.includes('sources') && draft.sources.length === 0) errors.add('sources')
  if ((fields.includes('until') || fields.includes('reopen')) && untilOf(draft.lasting, now) === 'invalid') errors.add('until')
  if (needsCount(deed, people) && draft.count.trim() !== String(people)) errors.add('count')
  if (!isRoomDeed(deed) && people === 0) errors.add('nobody')
  return errors
}

/** The action for a deed. `expect` names the sessions meant, so nothing happens to somebody else who took an identity meanwhile. */
export function makeAction(deed: Deed, target: Target, draft: Draft, actionId: string, now: number): Action {
  const people = affected(target, draft)
  const reason = draft.reason.trim()
  const common = { actionId, room: target.room, expect: expectationOf(target, isRoomDeed(deed) ? [] : people) }
  const why = reason === '' ? {} : { reason }
  const whom = whomOf(people)
  const sources = [...draft.sources]
  const lasts = untilOf(draft.lasting, now)
  const until = typeof lasts === 'number' ? lasts : null
  switch (deed) {
    case 'mute':
    case 'stop_video':
    case 'stop_screen':
      return { ...common, ...whom, ...why, type: 'mute', sources }
    case 'message':
      return { ...common, ...whom, type: 'send_message', text: draft.text.trim() }
    case 'message_all':
      return { ...common, type: 'send_message', text: draft.text.trim() }
    case 'role':
      return { ...common, ...whom, ...why, type: 'set_role', role: draft.role.trim() }
    case 'grant':
      return { ...common, ...whom, ...why, type: 'grant_sources', sources }
    case 'remove':
      return { ...common, ...whom, type: 'remove', reason }
    case 'ban':
      return { ...common, ...whom, type: 'ban', reason, scope: draft.scope, until }
    case 'deny':
      return { ...common, ...whom, type: 'deny_sources', reason, scope: draft.scope, sources, until }
    case 'mute_all':
      return { ...common, ...why, ...exceptOf(draft), type: 'mute_all', sources }
    case 'lock':
      return { ...common, ...exceptOf(draft), type: 'lock', reason, sources, until }
    case 'close':
      return { ...common, type: 'close_room', reason, ...(lasts === undefined ? {} : { until }) }
    default:
      return assertNever(deed, 'deed')
  }
}

/** One person stands for themselves, several make it a bulk action with a result each. */
function whomOf(people: readonly Participant[]): { identity: string } | { identities: string[] } {
  const [first, ...others] = people
  return first !== undefined && others.length === 0 ? { identity: first.identity } : { identities: people.map((one) => one.identity) }
}

/** The stays meant; of who is not here now only the identity can be meant. */
function expectationOf({ roomSid }: Target, people: readonly Participant[]): NonNullable<Action['expect']> {
  const room = roomSid === '' ? {} : { roomSid }
  const [first, ...others] = people
  if (first === undefined) return room
  if (others.length === 0) return first.isOnline ? { participantSid: first.sid, ...room } : room
  return { participantSids: Object.fromEntries(people.filter((one) => one.isOnline).map((one) => [one.identity, one.sid])), ...room }
}

function exceptOf({ except: { identities, roles } }: Draft): { except?: Except } {
  if (identities.length === 0 && roles.length === 0) return {}
  return { except: { ...(identities.length > 0 && { identities: [...identities] }), ...(roles.length > 0 && { roles: [...roles] }) } }
}
