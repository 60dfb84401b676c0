import { observeGrantSchema, type ObserveGrant } from '#shared/contract/http.ts'
import type { Result } from '#shared/domain/failure.ts'
import { askServer } from '../link/http-client.ts'
import type { Endpoint } from '../link/link.ts'

/** Asks the sync server for a token to follow one room's signals unseen. */
export function requestObserveGrant(endpoint: Endpoint, room: string): Promise<Result<ObserveGrant>> {
  return askServer(endpoint, {
    path: '/api/observe',
    body: { room, mode: 'signals' },
    answer: observeGrantSchema,
    what: "the room's signals",
  })
}
