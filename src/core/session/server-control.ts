import { checkMatchSchema, syncAnswerSchema, usageSchema, type SyncAnswer, type SyncRequest } from '#shared/contract/http-sync.ts'
import type { ServerReport } from '#shared/contract/ipc-sync.ts'
import { succeed, type Result } from '#shared/domain/failure.ts'
import { askServer } from '../link/http-client.ts'
import type { Endpoint } from '../link/link.ts'

/** How long a sweep by hand may take: it asks LiveKit for every room. */
const SYNC_TIMEOUT_MS = 60_000

/** What the server says of its budget and its matches. */
export async function readServer(endpoint: Endpoint): Promise<Result<ServerReport>> {
  const [usage, matches] = await Promise.all([
    askServer(endpoint, { path: '/api/usage', answer: usageSchema, what: "Redis' budget" }),
    askServer(endpoint, { path: '/api/check-match', answer: checkMatchSchema, what: 'its matches' }),
  ])
  if (!usage.ok) return usage
  return matches.ok ? succeed({ usage: usage.value, matches: matches.value }) : matches
}

/** Sweeps, cleans, starts or stops (S1.4). */
export function controlSync(endpoint: Endpoint, request: SyncRequest): Promise<Result<SyncAnswer>> {
  return askServer(endpoint, {
    path: '/api/sync-rooms',
    body: request,
    answer: syncAnswerSchema,
    what: 'that',
    timeoutMs: SYNC_TIMEOUT_MS,
  })
}
