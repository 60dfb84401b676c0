import { observeGrantSchema, type ObserveGrant } from '#shared/contract/http.ts'
import { fail, failureSchema, succeed, type Result } from '#shared/domain/failure.ts'
import { describeAddress, REQUEST_TIMEOUT_MS, type Endpoint } from '../link/link.ts'

/** Asks the sync server for a token to follow one room's signals unseen. */
export async function requestObserveGrant(endpoint: Endpoint, room: string): Promise<Result<ObserveGrant>> {
  const address = describeAddress(endpoint.url)
  try {
    const response = await fetch(new URL('/api/observe', address), {
      method: 'POST',
      headers: { authorization: `Bearer ${endpoint.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ room, mode: 'signals' }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    const body: unknown = await response.json()
    const refusal = failureSchema.safeParse(body)
    if (refusal.success) return refusal.data
    const grant = observeGrantSchema.safeParse(body)
    if (response.ok && grant.success) return succeed(grant.data)
    return fail('internal', `the sync server at ${address} answered in a form that this console doesn't know`)
  } catch {
    return fail('unavailable', `the sync server at ${address} could not be asked for the room's signals`)
  }
}
