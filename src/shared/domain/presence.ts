import { z } from 'zod'

/** LiveKit's connection quality. Who publishes nothing has none: `unknown`, which is not `poor`. */
export const connectionQualitySchema = z.enum(['excellent', 'good', 'poor', 'lost', 'unknown'])
export type ConnectionQuality = z.infer<typeof connectionQualitySchema>

export const speakerSchema = z.object({ identity: z.string(), level: z.number().min(0).max(1) })
export type Speaker = Readonly<z.infer<typeof speakerSchema>>

const qualityEntrySchema = z.object({ identity: z.string(), quality: connectionQualitySchema })

/** Who speaks and how each connection fares, whole for one room, as an observer saw it at `at` (ms). */
export const presenceSchema = z.object({
  room: z.string(),
  at: z.number(),
  speaking: z.array(speakerSchema),
  quality: z.array(qualityEntrySchema),
})
export type Presence = Readonly<z.infer<typeof presenceSchema>>

const severity = { lost: 3, poor: 2, good: 1, excellent: 0, unknown: -1 } as const satisfies Record<ConnectionQuality, number>

/** Orders qualities from best to worst: negative when `a` is the better one; `unknown` counts as the best. */
export function compareQuality(a: ConnectionQuality, b: ConnectionQuality): number {
  return severity[a] - severity[b]
}

/** The worst known quality among these, and how many have it; null when none is known. */
export function worstQuality(qualities: Iterable<ConnectionQuality>): { quality: ConnectionQuality; count: number } | null {
  let worst: { quality: ConnectionQuality; count: number } | null = null
  for (const quality of qualities) {
    if (quality === 'unknown') continue
    const order = worst === null ? 1 : compareQuality(quality, worst.quality)
    if (order > 0) worst = { quality, count: 1 }
    else if (order === 0 && worst !== null) worst = { quality, count: worst.count + 1 }
  }
  return worst
}
