import { z } from 'zod'
import { feedEventSchema } from '#shared/domain/feed-event.ts'
import type { Unsubscribe } from '#shared/lib/emitter.ts'
import type { Applied } from './apply-room-event.ts'
import { roomChangeSchema } from './room-change.ts'
import type { RoomRecord } from './room-model.ts'

const feedDraftSchema = feedEventSchema.extend({ data: feedEventSchema.shape.data.omit({ cursor: true }) })

/** What the log holds of a commit. One that tells several feed events is several entries, the first with the change. */
export const commitEntrySchema = z.object({
  v: z.literal(1),
  kind: z.literal('commit'),
  room: z.string(),
  change: roomChangeSchema.nullable(),
  feed: feedDraftSchema.nullable(),
})
/** What the log holds of a sweep: these rooms, by name and sid, are as they were told. */
export const confirmedEntrySchema = z.object({
  v: z.literal(1),
  kind: z.literal('confirmed'),
  at: z.number(),
  rooms: z.array(z.tuple([z.string(), z.string()])),
})
export const logBodySchema = z.discriminatedUnion('kind', [commitEntrySchema, confirmedEntrySchema])
export type CommitBody = z.infer<typeof commitEntrySchema>
export type ConfirmedBody = z.infer<typeof confirmedEntrySchema>

/** An entry of the log. `cursor` names it for ever: `epoch-id`. `revision` is the room's after it; 0 where it is of no room. */
export type LogEntry = { readonly cursor: string; readonly revision: number; readonly body: CommitBody | ConfirmedBody }

/** `conflict` brings the record as it is, so that the event is applied again to that. */
export type CommitOutcome =
  | { readonly kind: 'committed'; readonly revision: number }
  | { readonly kind: 'conflict'; readonly record: RoomRecord }
  | { readonly kind: 'unavailable'; readonly why: string }

/** What a follower hears. `lost`: the log it followed is no more (another life of the store, or trimmed): all is to be read anew. */
export type LogListener = {
  readonly entries: (entries: readonly LogEntry[]) => void
  readonly lost: (snapshot: StoreSnapshot) => void
  /** Whether the store can be reached. */
  readonly reachable: (reachable: boolean, why: string | null) => void
}

/** Every live room, and the cursor from which on the log tells what changes. */
export type StoreSnapshot = { readonly cursor: string; readonly records: readonly RoomRecord[] }

/** Where rooms are kept. What any two instances commit, all followers hear once, in order per room. */
export type RoomStore = {
  /** Reads everything; fails with one line that says why it can't. */
  readonly open: () => Promise<StoreSnapshot>
  /** One name's record; an empty one where nothing is known. Fails like `open`. */
  readonly load: (name: string) => Promise<RoomRecord>
  /** Writes what was applied to `record`, if that is still the newest; all of it or nothing. Safe to repeat with the same event. */
  readonly commit: (record: RoomRecord, applied: Applied) => Promise<CommitOutcome>
  /** Tells all followers that a sweep found these rooms as they are; lost without harm when the store is away. */
  readonly confirm: (confirmed: Omit<ConfirmedBody, 'v' | 'kind'>) => Promise<void>
  /** Hears the log after a cursor. */
  readonly follow: (cursor: string, listener: LogListener) => Unsubscribe
  readonly close: () => Promise<void>
}

/** A cursor's epoch and log id. The epoch itself holds no dash. */
export function splitCursor(cursor: string): [epoch: string, id: string] {
  const dash = cursor.indexOf('-')
  return dash < 0 ? [cursor, ''] : [cursor.slice(0, dash), cursor.slice(dash + 1)]
}
