import { identitiesOf, type Action } from '#shared/domain/action.ts'
import type { Except } from '#shared/domain/measure.ts'
import type { Operator } from '#shared/domain/operator.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import type { AuditIntent } from '#server/audit/audit.ts'

/** What the audit says of an action before it is done. */
export function toIntent(operator: Operator, action: Action): AuditIntent {
  return {
    actionId: action.actionId,
    operator,
    type: action.type,
    room: action.room ?? null,
    identities: identitiesOf(action),
    reason: action.reason === undefined || action.reason === '' ? null : action.reason,
    text: textOf(action),
    ...('measureId' in action ? { measureId: action.measureId } : {}),
  }
}

/** What an action says beside whom, where and why, for people to read. */
function textOf(action: Action): string | null {
  switch (action.type) {
    case 'send_message':
      return action.text
    case 'set_metadata':
      return action.metadata
    case 'set_role':
      return action.role
    case 'set_permissions':
      return JSON.stringify(action.permissions)
    case 'mute_track':
      return action.trackSid
    case 'mute':
    case 'unmute':
    case 'grant_sources':
      return action.sources.join(', ')
    case 'mute_all':
      return [(action.sources ?? ['microphone']).join(', '), ...exceptions(action.except)].join('; ')
    case 'lock':
      return [action.sources.join(', '), ...exceptions(action.except), untilWhen(action.until)].join('; ')
    case 'deny_sources':
      return [action.sources.join(', '), where(action.scope), untilWhen(action.until)].join('; ')
    case 'ban':
      return [where(action.scope), untilWhen(action.until)].join('; ')
    case 'close_room':
    case 'edit_measure':
      return action.until === undefined ? null : untilWhen(action.until)
    case 'remove':
    case 'lift':
      return null
    default:
      return assertNever(action, 'action')
  }
}

function exceptions(except: Except | undefined): string[] {
  const { identities = [], roles = [] } = except ?? {}
  return [
    ...(identities.length > 0 ? [`but for ${identities.join(', ')}`] : []),
    ...(roles.length > 0 ? [`but for the roles ${roles.join(', ')}`] : []),
  ]
}

function where(scope: 'room' | 'all'): string {
  return scope === 'all' ? 'in all rooms' : 'in this room'
}

function untilWhen(until: number | null): string {
  return until === null ? 'until lifted' : `until ${new Date(until).toISOString()}`
}
