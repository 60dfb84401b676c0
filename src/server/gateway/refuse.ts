import type { FastifyReply } from 'fastify'
import type { ErrorCode, Failure } from '#shared/domain/failure.ts'

const statusOf = {
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  invalid: 400,
  rate_limited: 429,
  conflict: 409,
  unavailable: 503,
  unsupported: 501,
  internal: 500,
} as const satisfies Record<ErrorCode, number>

/** Answers with a failure and the status of its code, or one that says it better. */
export function refuse(reply: FastifyReply, failure: Failure, status: number = statusOf[failure.code]): FastifyReply {
  return reply.code(status).send(failure)
}
