import { laterActionTypeSchema } from '#shared/domain/action.ts'
import { fail, type Failure } from '#shared/domain/failure.ts'

/** A payload that is no action of this server: a type that the contract knows and this server does not take yet is told apart from a malformed one. */
export function refuseAction(payload: unknown, why: string): Failure & { readonly actionId: string } {
  const given = typeof payload === 'object' && payload !== null ? payload : {}
  const actionId = 'actionId' in given && typeof given.actionId === 'string' ? given.actionId.slice(0, 64) : ''
  const later = 'type' in given && laterActionTypeSchema.safeParse(given.type).success
  return { ...(later ? fail('unsupported', 'this server does not take that action yet') : fail('invalid', why)), actionId }
}
