import { z } from 'zod'
import { auditCheckSchema, auditPageSchema, auditQuerySchema } from './http-audit.ts'
import { measuresQuerySchema, measuresSchema } from './http-measures.ts'
import {
  erasedSchema,
  invitedSchema,
  invitesSchema,
  newNoteSchema,
  noteSchema,
  peopleQuerySchema,
  peopleSchema,
  personParamsSchema,
  personSchema,
} from './http-people.ts'
import { roomSessionsSchema, sessionParamsSchema, sessionsQuerySchema, wholeSessionSchema } from './http-sessions.ts'

const room = z.string().min(1).max(512)

/** What is read once, when somebody asks for it: nothing of it is pushed, and the feed says when it is worth reading again. */
export const recordRequests = {
  list_measures: { payload: measuresQuerySchema, value: measuresSchema },
  search_people: { payload: peopleQuerySchema, value: peopleSchema },
  read_person: { payload: personParamsSchema, value: personSchema },
  add_note: { payload: personParamsSchema.extend(newNoteSchema.shape), value: noteSchema },
  erase_person: { payload: personParamsSchema, value: erasedSchema },
  invite: { payload: invitesSchema.extend({ room }), value: invitedSchema },
  list_sessions: { payload: sessionsQuerySchema.extend({ room }), value: roomSessionsSchema },
  read_room_session: { payload: sessionParamsSchema, value: wholeSessionSchema },
  search_audit: { payload: auditQuerySchema.omit({ format: true }), value: auditPageSchema },
  /** The whole export as text, for the window to save as a file. */
  export_audit: { payload: auditQuerySchema.required({ format: true }), value: z.object({ name: z.string(), text: z.string() }) },
  check_audit: { payload: z.object({}), value: auditCheckSchema },
} as const
