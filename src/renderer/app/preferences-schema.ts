import { z } from 'zod'

export const roomSortSchema = z.enum(['attention', 'size', 'newest', 'name'])
export type RoomSort = z.infer<typeof roomSortSchema>

export const roomViewSchema = z.enum(['tiles', 'rows'])
export type RoomView = z.infer<typeof roomViewSchema>

export const participantSortSchema = z.enum(['speaking', 'name', 'role', 'joined', 'quality'])
export type ParticipantSort = z.infer<typeof participantSortSchema>

const preferencesSchema = z.object({
  roomSort: roomSortSchema.catch('attention'),
  roomFilter: z.string().max(200).catch(''),
  /** Only rooms that have a mark of the attention rules. */
  roomAttentionOnly: z.boolean().catch(false),
  roomView: roomViewSchema.catch('tiles'),
  participantSort: participantSortSchema.catch('speaking'),
  recentReasons: z.array(z.string().max(500)).max(5).catch([]),
})
export type Preferences = Readonly<z.infer<typeof preferencesSchema>>

/** Reads what was stored; what is missing or of the wrong form gets its default. */
export function readPreferences(stored: string | null): Preferences {
  return preferencesSchema.catch(preferencesSchema.parse({})).parse(parseJson(stored))
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? {} : JSON.parse(text)
  } catch {
    return {}
  }
}
