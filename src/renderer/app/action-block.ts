import type { Connection } from '#shared/domain/connection.ts'
import { may, type Capability, type Operator } from '#shared/domain/operator.ts'
import { text } from '../ui/text.ts'

/** Why nothing can be sent now, for a person to read; null when it can. */
export function whyOffline(connection: Connection['state']): string | null {
  return connection === 'connecting' || connection === 'reconnecting' || connection === 'offline' ? text.blocked[connection] : null
}

/** Why an action can't be sent now; null when it can. */
export function whyBlocked(connection: Connection['state'], operator: Operator | null, capability: Capability): string | null {
  const offline = whyOffline(connection)
  if (offline !== null) return offline
  if (operator === null) return text.blocked.noOperator
  return may(operator, capability) ? null : text.blocked.role(operator.role)
}
