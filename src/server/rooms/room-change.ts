import { z } from 'zod'
import {
  confirmationSchema,
  EVENT_IDS,
  participantRowSchema,
  roomFactsSchema,
  trackRowSchema,
  type Room,
  type RoomMemory,
  type RoomRecord,
} from './room-model.ts'

/**
 * What one event does to a record: the least that a follower must copy and a store must write.
 * `session`: `same`, `started` (everything of an earlier session is dropped first) or `ended`.
 */
export const roomChangeSchema = z.object({
  session: z.enum(['same', 'started', 'ended']),
  facts: roomFactsSchema.optional(),
  confirmed: confirmationSchema.optional(),
  participants: z.array(participantRowSchema),
  removed: z.array(z.string()),
  remember: z.object({
    ended: z.array(z.tuple([z.string(), z.number()])),
    loose: z.array(z.tuple([z.string(), z.array(trackRowSchema)])),
  }),
  forget: z.object({ ended: z.array(z.string()), loose: z.array(z.string()) }),
  eventId: z.string(),
})
export type RoomChange = z.infer<typeof roomChangeSchema>

/** The record after a change; the one before stays as it is. */
export function withChange(record: RoomRecord, change: RoomChange, revision: number): RoomRecord {
  return { name: record.name, revision, room: nextRoom(record.room, change), memory: nextMemory(record.memory, change, revision) }
}

function nextRoom(room: Room | null, change: RoomChange): Room | null {
  if (change.session === 'ended') return null
  const kept = change.session === 'started' ? null : room
  const facts = change.facts ?? kept?.facts
  const confirmed = change.confirmed ?? kept?.confirmed
  if (!facts || !confirmed) return kept
  if (kept && change.participants.length === 0 && change.removed.length === 0) return { ...kept, facts, confirmed }
  const participants = new Map(kept?.participants)
  for (const row of change.participants) participants.set(row.identity, row)
  for (const identity of change.removed) participants.delete(identity)
  return { facts, confirmed, participants }
}

function nextMemory(memory: RoomMemory, change: RoomChange, revision: number): RoomMemory {
  return {
    ended: memory.ended.edited(change.remember.ended, change.forget.ended),
    loose: edited(memory.loose, change.remember.loose, change.forget.loose),
    eventIds: withEventId(memory.eventIds, change.eventId, revision),
  }
}

function withEventId(ids: RoomMemory['eventIds'], id: string, revision: number): RoomMemory['eventIds'] {
  const { oldest } = ids
  return ids.edited([[id, revision]], oldest !== undefined && ids.size >= EVENT_IDS ? [oldest] : [])
}

function edited<K, V>(map: ReadonlyMap<K, V>, set: readonly (readonly [K, V])[], forget: readonly K[]): ReadonlyMap<K, V> {
  if (set.length === 0 && forget.length === 0) return map
  const next = new Map(map)
  for (const [key, value] of set) next.set(key, value)
  for (const key of forget) next.delete(key)
  return next
}
