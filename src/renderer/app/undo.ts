import type { Action } from '#shared/domain/action.ts'
import type { Participant, Permissions } from '#shared/domain/participant.ts'
import type { Answer } from './read-result.ts'

/** The action that takes another one back, or null where nothing does. `before`: the people as they were. A mute, a removal and a message can't be undone. */
export function undoOf(action: Action, answer: Answer, before: ReadonlyMap<string, Participant>, actionId: string): Action | null {
  if (answer.outcome.state !== 'done') return null
  const common = { actionId, ...(action.room !== undefined && { room: action.room }) }
  switch (action.type) {
    case 'ban':
    case 'deny_sources':
    case 'lock':
    case 'close_room':
      return answer.measureId === undefined ? null : { ...common, type: 'lift', measureId: answer.measureId }
    case 'set_role': {
      const person = action.identity === undefined ? undefined : before.get(action.identity)
      return person === undefined ? null : { ...action, actionId, role: person.role }
    }
    case 'set_permissions': {
      const person = action.identity === undefined ? undefined : before.get(action.identity)
      return person === undefined ? null : { ...action, actionId, permissions: earlier(action.permissions, person.permissions) }
    }
    default:
      return null
  }
}

/** The rights that a change is about, as they were. */
function earlier(change: object, permissions: Permissions): Partial<Permissions> {
  return Object.fromEntries(Object.entries(permissions).filter(([key]) => key in change))
}
