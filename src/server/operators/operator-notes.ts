import type { AddOperator } from '#shared/contract/http-operators.ts'
import type { Operator } from '#shared/domain/operator.ts'

/** How somebody at the command line is named in the audit: no token can have this name and role there. */
export const commandLine: Operator = { name: 'command line', role: 'admin' }

const aboutNobody = { actionId: null, room: null, identities: [], reason: null } as const

/** What the audit says of a token that was to be made. The token is not in it. */
export function addNote(operator: Operator, { name, role, expiresAt }: AddOperator) {
  const until = expiresAt === undefined ? '' : `, until ${new Date(expiresAt).toISOString()}`
  return { ...aboutNobody, operator, type: 'add_operator', text: `${name}, ${role}${until}` } as const
}

/** What the audit says of a token that was to end. */
export function revokeNote(operator: Operator, name: string) {
  return { ...aboutNobody, operator, type: 'revoke_operator', text: name } as const
}
