import { z } from 'zod'
import { participantKindSchema, permissionsSchema, trackSchema } from '#shared/domain/participant.ts'
import { causeSchema } from '#shared/domain/room.ts'
import { RecentEntries } from './recent-entries.ts'

/**
 * A track with the participant version that last told its mute state, so that an older telling can't undo a newer one. `told`: the feed has told its
 * publication, so that whoever else notices it adds nothing; older servers didn't write it, but had told most.
 */
export const trackRowSchema = trackSchema.extend({ version: z.number(), told: z.boolean().default(true) })
export type TrackRow = Readonly<z.infer<typeof trackRowSchema>>

/** What LiveKit says of somebody at one `version` (it grows within one `sid`). `joinedAt` is in ms. */
export const participantFactsSchema = z.object({
  identity: z.string(),
  sid: z.string(),
  name: z.string(),
  kind: participantKindSchema,
  hidden: z.boolean(),
  joinedAt: z.number(),
  version: z.number(),
  tracks: z.array(trackSchema),
  permissions: permissionsSchema,
  metadata: z.string(),
  attributes: z.record(z.string(), z.string()),
})
export type ParticipantFacts = Readonly<z.infer<typeof participantFactsSchema>>

/** The role of whom none was ever given. */
export const DEFAULT_ROLE = 'VIEWER'

/**
 * Somebody in a room, who was, or who is to come (`invited`: has never been there): one row per identity, for the newest stay. `changedAt` (ms) guards against
 * older lists. Older servers wrote no roles and knew nobody who was invited.
 */
export const participantRowSchema = participantFactsSchema.extend({
  tracks: z.array(trackRowSchema),
  online: z.boolean(),
  leftAt: z.number().nullable(),
  changedAt: z.number(),
  role: z.string().default(DEFAULT_ROLE),
  invited: z.boolean().default(false),
})
export type ParticipantRow = Readonly<z.infer<typeof participantRowSchema>>

/** What LiveKit says of a room. `startedAt` is in ms; it orders the sessions that share a name. */
export const roomFactsSchema = z.object({
  sid: z.string(),
  startedAt: z.number(),
  metadata: z.string(),
  maxParticipants: z.number(),
  recording: z.boolean(),
})
export type RoomFacts = Readonly<z.infer<typeof roomFactsSchema>>

export const confirmationSchema = z.object({ at: z.number(), by: causeSchema })
export type Confirmation = Readonly<z.infer<typeof confirmationSchema>>

/** A live room. */
export type Room = {
  readonly facts: RoomFacts
  readonly participants: ReadonlyMap<string, ParticipantRow>
  readonly confirmed: Confirmation
}

/**
 * What is remembered beside a room, also after its end, so that late and doubled events do no harm.
 * `ended`: sids of rooms (`r:`), participants (`p:`) and tracks (`t:`) that are over, of rooms whose start was told (`s:`), and of what a list was
 * without (`i:` before the others): its end was told, and no webhook raises it again, but whoever sees it does. Each with when (ms).
 * `loose`: tracks of participant sids that have not joined yet. `eventIds`: the last ones, with the revision of each.
 */
export type RoomMemory = {
  readonly ended: RecentEntries<number>
  readonly loose: ReadonlyMap<string, readonly TrackRow[]>
  readonly eventIds: RecentEntries<number>
}

/** All that is known under one room name. `room: null`: not live. The revision never falls. */
export type RoomRecord = {
  readonly name: string
  readonly revision: number
  readonly room: Room | null
  readonly memory: RoomMemory
}

/** How long what ended is remembered, ms; LiveKit gives up on a webhook long before. */
export const MEMORY_MS = 10 * 60_000
/** How many ended sids a room remembers at the most. */
export const MEMORY_SIZE = 1000
/** How many event ids a room remembers. */
export const EVENT_IDS = 128
/** How many of those who left stay in a room's list. */
export const LEFT_SHOWN = 500
/** How many of those who are to come a room's list takes; of the others the database knows. */
export const INVITED_SHOWN = 1000

const emptyMemory: RoomMemory = { ended: RecentEntries.of(), loose: new Map(), eventIds: RecentEntries.of() }

export function emptyRecord(name: string): RoomRecord {
  return { name, revision: 0, room: null, memory: emptyMemory }
}

/** Whether somebody is there, as people see it: online, and not hidden. */
export function isCounted(row: ParticipantRow | undefined): boolean {
  return row !== undefined && row.online && !row.hidden
}

/** Whether anybody is there, as people see it. */
export function hasPeople({ participants }: Room): boolean {
  for (const row of participants.values()) if (isCounted(row)) return true
  return false
}

/** Whether people are to see the room: not while there is nobody in it but hidden ones. */
export function isShown(room: Room): boolean {
  let hidden = 0
  for (const row of room.participants.values()) {
    if (!row.online) continue
    if (!row.hidden) return true
    hidden += 1
  }
  return hidden === 0
}
