import type { z } from 'zod'
import { fail, failureSchema, succeed, type Result } from '#shared/domain/failure.ts'
import { describeAddress, REQUEST_TIMEOUT_MS, type Endpoint } from './link.ts'

/** One request to the sync server's HTTP side. `body` makes it a POST unless `method` says otherwise. `what` completes "could not be asked for". */
export type ServerRequest<T> = {
  readonly path: string
  readonly body?: object
  readonly method?: 'PUT'
  readonly answer: z.ZodType<T>
  readonly what: string
  readonly timeoutMs?: number
}

/** Asks, and checks the answer against the contract; a refusal comes back as it is. `timeout_unknown`: what was sent may have been done. */
export async function askServer<T>(endpoint: Endpoint, request: ServerRequest<T>): Promise<Result<T>> {
  const address = describeAddress(endpoint.url)
  const { path, body, timeoutMs = REQUEST_TIMEOUT_MS } = request
  const authorization = `Bearer ${endpoint.token}`
  const sending =
    body === undefined
      ? { headers: { authorization } }
      : { method: request.method ?? 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(body) }
  try {
    const response = await fetch(new URL(path, address), { ...sending, signal: AbortSignal.timeout(timeoutMs) })
    const told: unknown = await response.json()
    const refusal = failureSchema.safeParse(told)
    if (refusal.success) return refusal.data
    const answer = request.answer.safeParse(told)
    if (response.ok && answer.success) return succeed(answer.data)
    return fail('internal', `the sync server at ${address} answered in a form that this console doesn't know`)
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    const message = `the sync server at ${address} could not be asked for ${request.what}`
    return isLate && body !== undefined ? fail('unavailable', message, 'timeout_unknown') : fail('unavailable', message)
  }
}
