import { z } from 'zod'

/**
 * How the observers of one instance fare: the one that tells. Other instances of the service may observe more of the same rooms; when anybody observed
 * a room last stands in its summary.
 */
export const observerStatusSchema = z.object({
  /** How many rooms it observes at the most; 0: it observes none. */
  slots: z.number(),
  /** How many it observes. */
  observed: z.number(),
  /** Rooms that could be observed, because somebody is in them; 0 where there are no slots. */
  rooms: z.number(),
  /** Within which time each of them has its turn, ms; 0 where there are slots for all. */
  turnMs: z.number(),
  /** Observed rooms whose quality is unknown because no media connection stands. */
  withoutMedia: z.number(),
  /** Why rooms are not observed, or their quality isn't known; one plain line. */
  trouble: z.string().nullable(),
})
export type ObserverStatus = Readonly<z.infer<typeof observerStatusSchema>>
