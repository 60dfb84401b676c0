import { ServerError } from 'livekit-server-sdk'
import { fail, type ErrorDetail, type Failure } from '#shared/domain/failure.ts'

/** How long a call may take, seconds. */
export const REQUEST_TIMEOUT_S = 5

/** What a call is about, so that its failure can say what has gone. `acts`: it changes something, so that an answer that never came leaves open whether it did. */
export type Call = { readonly about?: 'participant' | 'room'; readonly acts?: boolean }

/** Where the connection broke, so that it may have been asked. */
const BROKE = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNABORTED',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])

/** What LiveKit answers where nobody on its side is responsible for whom or what was asked for: mostly that has gone. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof ServerError && error.code === 'unavailable' && error.message.includes('no response from servers')
}

/** What went wrong with a call to LiveKit, in the contract's codes and one plain line. */
export function describeLivekitError(error: unknown, host: string, call: Call = {}): Failure {
  if (error instanceof ServerError) return describeAnswer(error, host, call)
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return unknownOutcome(`LiveKit at ${host} did not answer within ${REQUEST_TIMEOUT_S} s`)
  }
  if (error instanceof SyntaxError) return notLivekit(host)
  const why = causeOf(error)
  if (call.acts && BROKE.has(why)) return unknownOutcome(`the connection to LiveKit at ${host} broke (${why})`)
  return fail(
    'unavailable',
    `can't reach LiveKit at ${host} (${why}): check the address (LIVEKIT_HOST), and that the server runs`,
    'unreachable',
  )
}

/** That somebody or something LiveKit was asked about is not there any more. */
export function gone(what: 'participant' | 'room' | 'track'): Failure {
  return fail('not_found', `LiveKit does not know the ${what}: it has gone`, `${what}_gone` satisfies ErrorDetail)
}

function describeAnswer(error: ServerError, host: string, { about, acts }: Call): Failure {
  // A missing grant is a 401 too; only the text tells it from a wrong key or secret.
  if (error.status === 403 || error.message.includes('permissions denied')) {
    return fail('forbidden', `LiveKit at ${host} does not let this API key do that: it lacks a grant`, 'key_lacks_grant')
  }
  if (error.status === 401) {
    return fail('unauthorized', `LiveKit at ${host} refuses the API key or secret: check both (LIVEKIT_API_KEY, LIVEKIT_API_SECRET)`)
  }
  if (error.code === 'not_found') return about ? gone(about) : fail('not_found', 'LiveKit does not know it: it has gone')
  if (error.status === 404) return notLivekit(host)
  if (error.message.includes('remote unmute not enabled')) {
    return fail(
      'conflict',
      'LiveKit does not let anybody unmute others: that must be set where it runs (room.enable_remote_unmute)',
      'remote_unmute_disabled',
    )
  }
  if (error.code === 'failed_precondition') return fail('conflict', 'LiveKit refuses that in the present state')
  if (acts && (error.status === 504 || error.code === 'deadline_exceeded'))
    return unknownOutcome(`LiveKit at ${host} did not finish in time`)
  if (error.status >= 500) return fail('unavailable', `LiveKit at ${host} answers with an error (${error.status})`)
  return fail('invalid', `LiveKit at ${host} refuses the request (${error.code ?? error.status})`)
}

function unknownOutcome(what: string): Failure {
  return fail('unavailable', `${what}: whether it acted is unknown`, 'timeout_unknown')
}

function notLivekit(host: string): Failure {
  return fail('unavailable', `what answers at ${host} is not a LiveKit server: check the address (LIVEKIT_HOST)`, 'unreachable')
}

/** The innermost reason of a failed fetch: a system error code such as ECONNREFUSED where there is one. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? error.message : causeOf(error.cause)
}
