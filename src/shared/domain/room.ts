import { z } from 'zod'
import { attentionMarkSchema } from './attention.ts'
import { measureSchema } from './measure.ts'
import { participantSchema, type Participant } from './participant.ts'
import { connectionQualitySchema } from './presence.ts'

/** By what a room's state was last confirmed. */
export const causeSchema = z.enum(['webhook', 'sweep', 'observer', 'action', 'server'])
export type Cause = z.infer<typeof causeSchema>

/** A live room as the wall shows it. Times are UTC milliseconds; `speaking` holds the loudest six; `observedAt: null` means never observed. */
export const roomSummarySchema = z.object({
  room: z.string(),
  sid: z.string(),
  revision: z.number().int(),
  startedAt: z.number(),
  online: z.number().int(),
  total: z.number().int(),
  publishers: z.number().int(),
  maxParticipants: z.number().int(),
  metadata: z.string(),
  recording: z.boolean(),
  confirmedAt: z.number(),
  confirmedBy: causeSchema,
  observedAt: z.number().nullable(),
  speaking: z.array(z.object({ identity: z.string(), name: z.string(), level: z.number() })),
  worstQuality: z.object({ quality: connectionQualitySchema, count: z.number().int() }).nullable(),
  attention: z.array(attentionMarkSchema),
})
export type RoomSummary = Readonly<z.infer<typeof roomSummarySchema>>

/** A room with everybody in it, its metadata whole. `measures`: what is in force there, also what is everywhere. */
export const roomDetailSchema = roomSummarySchema.extend({
  participants: z.array(participantSchema),
  measures: z.array(measureSchema),
  viewers: z.array(z.string()),
})
export type RoomDetail = Readonly<z.infer<typeof roomDetailSchema>>

/** What changed in a room between two revisions: whole participants, and who is gone from the list. */
export const roomUpdateSchema = z.object({
  room: z.string(),
  revision: z.number().int(),
  changed: z.array(participantSchema),
  removed: z.array(z.string()),
  online: z.number().int(),
  total: z.number().int(),
})
export type RoomUpdate = Readonly<z.infer<typeof roomUpdateSchema>>

/** What changed on the wall: whole summaries, and rooms that are gone. */
export const roomsUpdateSchema = z.object({ changed: z.array(roomSummarySchema), removed: z.array(z.string()) })
export type RoomsUpdate = Readonly<z.infer<typeof roomsUpdateSchema>>

/** How an update relates to the revision a follower holds: `next` is to be applied, `old` ignored, after a `gap` the room is asked for again. */
export function relateRevision(held: number, arriving: number): 'next' | 'old' | 'gap' {
  if (arriving === held + 1) return 'next'
  return arriving <= held ? 'old' : 'gap'
}

/** A copy of `participants` with an update's changes: those changed in place, new ones at the end, removed ones gone. */
export function applyRoomUpdate(
  participants: ReadonlyMap<string, Participant>,
  update: Pick<RoomUpdate, 'changed' | 'removed'>,
): Map<string, Participant> {
  const next = new Map(participants)
  for (const participant of update.changed) next.set(participant.identity, participant)
  for (const identity of update.removed) next.delete(identity)
  return next
}
