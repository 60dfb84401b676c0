import { z } from 'zod'
import { measureSchema } from '../domain/measure.ts'
import { connectionQualitySchema } from '../domain/presence.ts'
import { auditEntrySchema } from './http-audit.ts'

const name = z.string().min(1).max(512)
/** How many people a search answers with at the most. */
export const PEOPLE_FOUND = 50

/** `q`: the beginning of an identity, or of any word of a name; letter case and accents don't matter. */
export const peopleQuerySchema = z.object({ q: z.string().max(512) })
export const personParamsSchema = z.object({ identity: name })

/** Somebody who was found. `rooms`: where they are now. Times in ms; `lastSeenAt` is null for who was invited and never came. */
export const foundPersonSchema = z.object({
  identity: z.string(),
  name: z.string(),
  rooms: z.array(z.string()),
  lastSeenAt: z.number().nullable(),
})
export type FoundPerson = Readonly<z.infer<typeof foundPersonSchema>>

/** Who is live comes first, then who was seen last. `more`: others match, too. */
export const peopleSchema = z.object({ people: z.array(foundPersonSchema), more: z.boolean() })
export type People = Readonly<z.infer<typeof peopleSchema>>

/** The record of somebody in a room (S2.2). */
export const personRecordSchema = z.object({
  room: z.string(),
  role: z.string(),
  status: z.enum(['INVITED', 'JOINED', 'LEFT']),
  joinedAt: z.number().nullable(),
  leftAt: z.number().nullable(),
  canSpeak: z.boolean(),
  canVideo: z.boolean(),
})

/**
 * One stay of somebody in a room (S2.6). `leftAt` null: still there. `talkMs`: how long they were heard to speak; null where nobody observed. `observedMs`: how much of the stay was
 * observed. `quality`: for how long (ms) the connection was known to be of each quality. `reconnects`: how many earlier stays of theirs the same session of the room had.
 */
export const personSessionSchema = z.object({
  sid: z.string(),
  identity: z.string(),
  name: z.string(),
  room: z.string(),
  roomSid: z.string(),
  joinedAt: z.number(),
  leftAt: z.number().nullable(),
  reconnects: z.number().int(),
  talkMs: z.number().nullable(),
  observedMs: z.number(),
  quality: z.partialRecord(connectionQualitySchema, z.number()),
})
export type PersonSession = Readonly<z.infer<typeof personSessionSchema>>

export const noteSchema = z.object({ id: z.string(), at: z.number(), by: z.string(), text: z.string() })
export type Note = Readonly<z.infer<typeof noteSchema>>
export const newNoteSchema = z.object({ text: z.string().trim().min(1, 'a note needs a text').max(4000) })

/** All that is kept of one person; sessions, notes and actions newest first, the newest 200 of each. `measures`: in force and past. */
export const personSchema = z.object({
  identity: z.string(),
  name: z.string(),
  rooms: z.array(z.string()),
  firstSeenAt: z.number().nullable(),
  lastSeenAt: z.number().nullable(),
  records: z.array(personRecordSchema),
  sessions: z.array(personSessionSchema),
  measures: z.array(measureSchema),
  actions: z.array(auditEntrySchema),
  notes: z.array(noteSchema),
})
export type Person = Readonly<z.infer<typeof personSchema>>

/** `erased`: how many rows went. What is in force about the person stays, and so does the audit, without saying who it was. */
export const erasedSchema = z.object({ erased: z.number().int() })

/** People who are to come: they show as `INVITED` until they join (S2.2). Whoever has joined already stays what they are, but for the role. Only who may set roles may name one. */
export const invitesSchema = z.object({
  people: z
    .array(
      z.object({
        identity: name,
        name: z.string().max(512).optional(),
        role: z.string().trim().min(1).max(64).optional(),
        canSpeak: z.boolean().optional(),
        canVideo: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(1000),
})
export type Invites = Readonly<z.infer<typeof invitesSchema>>
export const invitedSchema = z.object({ invited: z.number().int() })
