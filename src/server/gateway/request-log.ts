import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Failure } from '#shared/domain/failure.ts'
import type { SampledLog } from '#server/logging/sampled-log.ts'

/** A longer message quotes what somebody sent. */
const MESSAGE_LENGTH = 300

declare module 'fastify' {
  interface FastifyRequest {
    /** Why the request was refused or failed, for its line in the log. */
    failure: Failure | null
    /** What was thrown, or why it failed; only for the log. */
    thrown: unknown
  }
}

/** The id that a proxy gave the request, if it is a plain one, else a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID()
}

/**
 * Answers with the request's id, and writes a line for each request that was refused or failed; those that succeed are told at debug. Webhooks
 * don't come here: the webhook door sees to theirs.
 */
export function addRequestLog(app: FastifyInstance, refusals: SampledLog): void {
  app.decorateRequest('failure', null)
  app.decorateRequest('thrown', null)
  app.addHook('onRequest', (request, reply, next) => {
    void reply.header('x-request-id', request.id)
    next()
  })
  app.addHook('onResponse', (request, reply, next) => {
    writeLine(request, reply, refusals)
    next()
  })
}

function writeLine(request: FastifyRequest, reply: FastifyReply, refusals: SampledLog): void {
  const { failure, thrown, log, method } = request
  const { statusCode: status } = reply
  // The route's pattern: an address as it came may hold a ticket.
  const route = request.routeOptions.url ?? 'none'
  const line = {
    method,
    route,
    status,
    ms: Math.round(reply.elapsedTime),
    ...(request.holder ? { operator: request.holder.operator.name } : {}),
  }
  if (status < 400) return log.debug(line, 'answered')
  logRefusal(refusals, log, line, failure, thrown)
}

/** What a line of the log says of a request that was refused or failed; `route` is its pattern. */
type RefusedLine = { readonly method: string; readonly route: string; readonly status: number; readonly ms: number }

/** Writes the line of a request that was refused or failed; `thrown` is null where nothing was. */
export function logRefusal(
  refusals: SampledLog,
  log: FastifyBaseLogger,
  line: RefusedLine,
  failure: Failure | null,
  thrown: unknown,
): void {
  const { method, route, status } = line
  const code = failure?.code ?? 'none'
  const error = thrown === null ? {} : { err: thrown }
  const message = failure?.message.slice(0, MESSAGE_LENGTH) ?? 'refused'
  refusals.write(log, levelOf(status), `${method} ${route} ${status} ${code}`, { ...line, code, ...error }, message)
}

/** What its sender got wrong is worth a look where it may be a wrong setting or somebody's trying. */
function levelOf(status: number): 'info' | 'warn' | 'error' {
  if (status >= 500) return status === 503 || status === 501 ? 'warn' : 'error'
  return status === 401 || status === 403 || status === 429 ? 'warn' : 'info'
}
