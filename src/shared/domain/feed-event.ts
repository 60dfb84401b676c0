import { z } from 'zod'
import { trackSourceSchema } from './participant.ts'
import { causeSchema } from './room.ts'

/** What LiveKit's webhooks tell, under LiveKit's own names. */
const webhookTypeSchema = z.enum([
  'room_started',
  'room_finished',
  'participant_joined',
  'participant_left',
  'participant_connection_aborted',
  'track_published',
  'track_unpublished',
  'egress_started',
  'egress_updated',
  'egress_ended',
  'ingress_started',
  'ingress_ended',
])

/** Every fact that the feed can tell, in the past tense. */
export const feedTypeSchema = z.enum([
  ...webhookTypeSchema.options,
  'track_muted',
  'track_unmuted',
  'permission_changed',
  'metadata_changed',
  'attributes_changed',
  'name_changed',
  'role_changed',
  'room_updated',
  'participant_removed',
  'measure_imposed',
  'measure_changed',
  'measure_lifted',
  'measure_enforced',
  'message_sent',
  'observing_started',
  'observing_stopped',
  'budget_warning',
  'webhooks_missing',
])
export type FeedType = z.infer<typeof feedTypeSchema>

/** Something that happened. `timestamp` (ms) is when the sync server accepted it; `data.cursor` gives the order. */
export const feedEventSchema = z.object({
  type: feedTypeSchema,
  timestamp: z.number(),
  data: z.object({
    id: z.string(),
    cursor: z.string(),
    room: z.object({ name: z.string(), sid: z.string() }).optional(),
    participant: z.object({ identity: z.string(), sid: z.string(), name: z.string() }).optional(),
    track: z.object({ sid: z.string(), source: trackSourceSchema }).optional(),
    cause: causeSchema,
    operator: z.string().optional(),
    actionId: z.string().optional(),
    reason: z.string().optional(),
    /** Which measure was imposed, changed, lifted or enforced. */
    measureId: z.string().optional(),
    detail: z.string().optional(),
  }),
})
export type FeedEvent = Readonly<z.infer<typeof feedEventSchema>>
