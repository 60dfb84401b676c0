import { actionResultSchema, isBulk, type Action, type ActionResult } from '#shared/domain/action.ts'
import type { Result } from '#shared/domain/failure.ts'
import { askServer } from '../link/http-client.ts'
import type { Endpoint } from '../link/link.ts'

/** How long an action's answer may take. */
export const ACT_TIMEOUT_MS = 10_000

/** The same for an action for many, where nothing tells how far it is. */
const BULK_TIMEOUT_MS = 120_000

/** Sends an action over HTTP, for when the link is down. */
export function postAction(endpoint: Endpoint, action: Action): Promise<Result<ActionResult>> {
  const timeoutMs = isBulk(action) ? BULK_TIMEOUT_MS : ACT_TIMEOUT_MS
  return askServer(endpoint, { path: '/api/actions', body: action, answer: actionResultSchema, what: 'that', timeoutMs })
}
