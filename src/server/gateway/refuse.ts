import type { FastifyReply } from 'fastify'
import { fail, failureSchema, type ErrorCode, type Failure } from '#shared/domain/failure.ts'

/** The HTTP status of each code. */
export const statusOf = {
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

/** What is answered where the server itself failed. */
export const failedHere = fail('internal', 'the server failed at this request; its log tells more')

/** What is answered while the server ends. */
export const stopping = fail('unavailable', 'this server is stopping')

/** When to come again, s; LiveKit honours it. */
export const comeAgain = { 'retry-after': '5' } as const

/** What a route's failures look like, for its schema. */
export const failures = { '4xx': failureSchema, '5xx': failureSchema } as const

/** Gives the answer the status of a failure's code, and hands the failure back for the route to return. */
export function withStatus(reply: FastifyReply, failure: Failure): Failure {
  reply.request.failure = failure
  void reply.code(statusOf[failure.code])
  return failure
}

/** Answers with a failure and the status of its code, or one that says it better. */
export function refuse(reply: FastifyReply, failure: Failure, status: number = statusOf[failure.code]): FastifyReply {
  reply.request.failure = failure
  return reply.code(status).send(failure)
}
