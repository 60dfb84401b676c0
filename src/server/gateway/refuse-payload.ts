import { fail, type Failure } from '#shared/domain/failure.ts'

/** A payload that is no action: whoever sent it is told its id, where there is one. */
export function refuseAction(payload: unknown, why: string): Failure & { readonly actionId: string } {
  const given = typeof payload === 'object' && payload !== null ? payload : {}
  const actionId = 'actionId' in given && typeof given.actionId === 'string' ? given.actionId.slice(0, 64) : ''
  return { ...fail('invalid', why), actionId }
}
