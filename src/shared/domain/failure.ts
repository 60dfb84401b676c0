import { z } from 'zod'

/** Why something was refused or failed; the same codes on every wire. */
export const errorCodeSchema = z.enum([
  'unauthorized',
  'forbidden',
  'not_found',
  'invalid',
  'rate_limited',
  'conflict',
  'unavailable',
  'unsupported',
  'internal',
])
export type ErrorCode = z.infer<typeof errorCodeSchema>

/** Says more than the code where a person can act on it. */
export const errorDetailSchema = z.enum([
  'participant_gone',
  'track_gone',
  'room_gone',
  'remote_unmute_disabled',
  'key_lacks_grant',
  'unreachable',
  'timeout_unknown',
  'banned',
  'changed_meanwhile',
])
export type ErrorDetail = z.infer<typeof errorDetailSchema>

/** An expected failure as plain data: it crosses every process as it is. `message` is one line for a person, without secrets. */
export const failureSchema = z.object({
  ok: z.literal(false),
  code: errorCodeSchema,
  message: z.string(),
  detail: errorDetailSchema.optional(),
})
export type Failure = z.infer<typeof failureSchema>

/** A value or an expected failure; exceptions are left for bugs. */
export type Result<T> = { readonly ok: true; readonly value: T } | Failure

export function succeed<T>(value: T): Result<T> {
  return { ok: true, value }
}

export function fail(code: ErrorCode, message: string, detail?: ErrorDetail): Failure {
  return detail === undefined ? { ok: false, code, message } : { ok: false, code, message, detail }
}

/** One line that tells a person what a payload lacks: the first problem's path and message, never the payload itself. */
export function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  if (!issue) return 'not of the expected form'
  const path = issue.path.map(String).join('.')
  return path === '' ? issue.message : `${path}: ${issue.message}`
}
