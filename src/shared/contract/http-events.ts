import { z } from 'zod'
import { errorCodeSchema } from '../domain/failure.ts'
import { feedEventSchema, feedTypeSchema } from '../domain/feed-event.ts'

const LIST_DESCRIPTION =
  'Given once: a list with commas. Given several times: each is one name whole, so one with a comma in it is given twice.'

/** One parameter is a list with commas; one given several times is taken whole each time. An empty one counts as none. */
function listOf<T extends z.ZodType<string, string>>(item: T) {
  return z
    .union([z.string(), z.array(z.string()).max(1000)])
    .transform((given) => (typeof given === 'string' ? given.split(',') : given).filter((each) => each !== ''))
    .transform((items) => (items.length === 0 ? undefined : items))
    .pipe(z.array(item).optional())
    .optional()
    .describe(LIST_DESCRIPTION)
}

/** What to hear of the feed (S4.4). `ticket` instead of the header; `lastEventId` is for a first connection, which can send no `Last-Event-ID`. */
export const eventsQuerySchema = z.object({
  types: listOf(feedTypeSchema),
  rooms: listOf(z.string().max(512)),
  ticket: z.string().max(256).optional(),
  lastEventId: z.string().max(256).optional(),
})

/** Stands for its operator at `GET /api/events?ticket=` if it is used before `expiresAt` (ms), and then for the reconnects too. */
export const eventsTicketSchema = z.object({ ticket: z.string(), expiresAt: z.number() })
export type EventsTicket = z.infer<typeof eventsTicketSchema>

/**
 * The `data` of the stream's messages. The first is `connected`, its `id` the cursor it starts from; `reset`: some of the feed can't be told
 * any more, it goes on from this cursor; `closing` is the last one, and has no `id`; the rest is the feed, each with its cursor as `id`.
 */
export const eventsMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('connected') }),
  z.object({ type: z.literal('reset'), cursor: z.string() }),
  z.object({ type: z.literal('closing'), code: errorCodeSchema, message: z.string() }),
  feedEventSchema,
])
export type EventsMessage = z.infer<typeof eventsMessageSchema>
