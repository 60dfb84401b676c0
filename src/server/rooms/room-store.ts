import { z } from 'zod'
import { feedEventSchema, type FeedEvent } from '#shared/domain/feed-event.ts'
import type { Unsubscribe } from '#shared/lib/emitter.ts'
import type { Applied } from './apply-room-event.ts'
import type { FeedDraft } from './feed-draft.ts'
import { roomChangeSchema } from './room-change.ts'
import type { RoomRecord } from './room-model.ts'
import type { SweepBoard } from './sweep-board.ts'

/** How many entries the log keeps at the most. */
export const LOG_LENGTH = 100_000
/**
 * How long the log keeps an entry, ms. Whoever trims by age leaves the newest entry whatever its age: by that one a store knows that its log
 * is still the same, and the cursor of who has heard everything stays good.
 */
export const LOG_AGE_MS = 60 * 60_000

const feedDraftSchema = feedEventSchema.extend({ data: feedEventSchema.shape.data.omit({ cursor: true }) })

/** What the log holds of a commit. One that tells several feed events is several entries, the first with the change. */
export const commitEntrySchema = z.object({
  v: z.literal(1),
  kind: z.literal('commit'),
  room: z.string(),
  change: roomChangeSchema.nullable(),
  feed: feedDraftSchema.nullable(),
})
/** What an older version wrote to the log after a sweep. Nobody writes it any more, and it is passed over. */
const confirmedEntrySchema = z.object({ v: z.literal(1), kind: z.literal('confirmed') })
/** What the log holds of an event that changed no room. */
const toldEntrySchema = z.object({ v: z.literal(1), kind: z.literal('told'), feed: feedDraftSchema })
export const logBodySchema = z.discriminatedUnion('kind', [commitEntrySchema, confirmedEntrySchema, toldEntrySchema])
export type CommitBody = z.infer<typeof commitEntrySchema>
export type LogBody = z.infer<typeof logBodySchema>

/** An entry of the log. `cursor` names it for ever: `epoch-id`. `revision` is the room's after it; 0 where it is of no room. */
export type LogEntry = { readonly cursor: string; readonly revision: number; readonly body: LogBody }

/** `conflict` brings the record as it is, so that the event is applied again to that. */
export type CommitOutcome =
  | { readonly kind: 'committed'; readonly revision: number }
  | { readonly kind: 'conflict'; readonly record: RoomRecord }
  | { readonly kind: 'unavailable'; readonly why: string }

/** What became of an event of no room. */
export type ToldOutcome = { readonly kind: 'committed' } | { readonly kind: 'unavailable'; readonly why: string }

/**
 * A page of the feed: events after a cursor, oldest first, and the cursor to read on from; one that is the same again was the end.
 * `gone`: the cursor is of another life of the store, or some of what followed it is not kept any more.
 */
export type FeedPage =
  | { readonly kind: 'entries'; readonly entries: readonly FeedEvent[]; readonly cursor: string }
  | { readonly kind: 'gone' }
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
  /** Tells all followers something that changes no room. */
  readonly tell: (event: FeedDraft) => Promise<ToldOutcome>
  /** Reads what the feed told after a cursor; `count`: how many entries of the log it looks at. */
  readonly readFeed: (cursor: string, count: number) => Promise<FeedPage>
  /** Hears the log after a cursor. */
  readonly follow: (cursor: string, listener: LogListener) => Unsubscribe
  /** Hears an id that the log has come to: a follower that stays before it for long has lost its connection without noticing. */
  readonly reached: (id: string) => void
  readonly sweeps: SweepBoard
  readonly close: () => Promise<void>
}

/** A cursor's epoch and log id. The epoch itself holds no dash. */
export function splitCursor(cursor: string): [epoch: string, id: string] {
  const dash = cursor.indexOf('-')
  return dash < 0 ? [cursor, ''] : [cursor.slice(0, dash), cursor.slice(dash + 1)]
}
