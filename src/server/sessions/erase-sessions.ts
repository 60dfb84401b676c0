import type { Transaction } from 'kysely'
import { storable } from '#server/people/search-words.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { lockRecordCursor } from './record-cursor.ts'

/** Erases somebody's stays, and when they spoke and how their connection was; answers how many rows went. The room's own records stay, without saying who was there. Waits for who writes. */
export async function eraseSessions(
  transaction: Transaction<DatabaseSchema>,
  { identity: given }: { readonly identity: string },
): Promise<number> {
  const identity = storable(given)
  // Who writes has read stays before, and would write what was erased anew.
  await lockRecordCursor(transaction)
  const sids = transaction.selectFrom('participant_sessions').select('sid').where('identity', '=', identity)
  const spoken = await transaction.deleteFrom('speaking_intervals').where('participant_sid', 'in', sids).executeTakeFirstOrThrow()
  const quality = await transaction.deleteFrom('quality_changes').where('participant_sid', 'in', sids).executeTakeFirstOrThrow()
  const stays = await transaction.deleteFrom('participant_sessions').where('identity', '=', identity).executeTakeFirstOrThrow()
  return Number(spoken.numDeletedRows + quality.numDeletedRows + stays.numDeletedRows)
}
