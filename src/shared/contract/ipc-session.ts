import { z } from 'zod'
import { pendingActionSchema } from '../domain/action.ts'
import { connectionSchema } from '../domain/connection.ts'
import { feedEventSchema } from '../domain/feed-event.ts'
import { operatorSchema } from '../domain/operator.ts'
import { profileSummarySchema } from '../domain/profile.ts'
import { roomSummarySchema } from '../domain/room.ts'
import { syncStatusSchema } from './http-sync.ts'
import { observerStatusSchema } from './observer-status.ts'

/** All a window needs to draw its first frame. `feed` holds the newest events, oldest first; `rooms: null` means not known yet. */
export const sessionSnapshotSchema = z.object({
  version: z.string(),
  profile: profileSummarySchema.nullable(),
  operator: operatorSchema.nullable(),
  connection: connectionSchema,
  rooms: z.array(roomSummarySchema).nullable(),
  feed: z.array(feedEventSchema),
  pending: z.array(pendingActionSchema),
  sync: syncStatusSchema.nullable(),
  observers: observerStatusSchema.nullable(),
})
export type SessionSnapshot = Readonly<z.infer<typeof sessionSnapshotSchema>>

export const sessionRequests = {
  start_session: { payload: z.object({}), value: sessionSnapshotSchema },
} as const

/** `session_reset` replaces everything: another profile was chosen, or the link to the host was lost and is back. */
export const sessionPushes = {
  session_reset: sessionSnapshotSchema,
  connection_changed: connectionSchema,
  operator_changed: operatorSchema.nullable(),
} as const
