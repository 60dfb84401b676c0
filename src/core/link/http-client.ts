import type { z } from 'zod'
import { fail, failureSchema, succeed, type Result } from '#shared/domain/failure.ts'
import { describeAddress, REQUEST_TIMEOUT_MS, type Endpoint } from './link.ts'

/** One request to the sync server's HTTP side. `body` makes it a POST unless `method` says otherwise. `what` completes "could not be asked for". */
export type ServerRequest<T> = {
  readonly path: string
  readonly body?: object
  readonly method?: 'PUT' | 'DELETE'
  readonly answer: z.ZodType<T>
  readonly what: string
  readonly timeoutMs?: number
}

/** Something to read as text. `limitBytes`: more than that is refused. */
export type TextRequest = Pick<ServerRequest<string>, 'path' | 'what'> & { readonly timeoutMs: number; readonly limitBytes: number }

/** Asks, and checks the answer against the contract; a refusal comes back as it is. `timeout_unknown`: what was sent may have been done. */
export async function askServer<T>(endpoint: Endpoint, request: ServerRequest<T>): Promise<Result<T>> {
  const { path, body, timeoutMs = REQUEST_TIMEOUT_MS } = request
  const method = request.method ?? (body === undefined ? 'GET' : 'POST')
  try {
    const response = await fetch(addressOf(endpoint, path), {
      method,
      headers: { ...authorization(endpoint), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const told: unknown = await response.json()
    const refusal = failureSchema.safeParse(told)
    if (refusal.success) return refusal.data
    const answer = request.answer.safeParse(told)
    return response.ok && answer.success ? succeed(answer.data) : unreadable(endpoint)
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    const message = `the sync server at ${describeAddress(endpoint.url)} could not be asked for ${request.what}`
    return isLate && method !== 'GET' ? fail('unavailable', message, 'timeout_unknown') : fail('unavailable', message)
  }
}

/** Reads a text whole; a refusal comes back as it is, and so does one that is too long, before all of it is here. */
export async function readText(endpoint: Endpoint, { path, what, timeoutMs, limitBytes }: TextRequest): Promise<Result<string>> {
  try {
    const response = await fetch(addressOf(endpoint, path), { headers: authorization(endpoint), signal: AbortSignal.timeout(timeoutMs) })
    const text = await readUpTo(limitBytes, response)
    if (text === null) {
      return fail('unsupported', `${what} is larger than ${limitBytes / 1e6} MB: choose a shorter time, or fewer of it`)
    }
    if (response.ok) return succeed(text)
    const refusal = failureSchema.safeParse(JSON.parse(text))
    return refusal.success ? refusal.data : unreadable(endpoint)
  } catch {
    return fail('unavailable', `the sync server at ${describeAddress(endpoint.url)} could not be asked for ${what}`)
  }
}

async function readUpTo(limitBytes: number, { body }: Response): Promise<string | null> {
  if (body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const part of body) {
    bytes += part.byteLength
    // Leaving the loop ends the download.
    if (bytes > limitBytes) return null
    text += decoder.decode(part, { stream: true })
  }
  return text + decoder.decode()
}

function addressOf(endpoint: Endpoint, path: string): URL {
  return new URL(path, describeAddress(endpoint.url))
}

function authorization(endpoint: Endpoint): { readonly authorization: string } {
  return { authorization: `Bearer ${endpoint.token}` }
}

function unreadable(endpoint: Endpoint) {
  return fail('internal', `the sync server at ${describeAddress(endpoint.url)} answered in a form that this console doesn't know`)
}
