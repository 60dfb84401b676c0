import { z } from 'zod'
import { feedEventSchema } from '../domain/feed-event.ts'
import { presenceSchema } from '../domain/presence.ts'
import { roomDetailSchema, roomsUpdateSchema, roomSummarySchema, roomUpdateSchema } from '../domain/room.ts'
import { observeGrantSchema } from './http.ts'

const room = z.string().min(1).max(512)

export const roomRequests = {
  /** From here on `room_changed` and `presence_changed` of that room come, until `leave_room`. `detail: null`: not known yet, `room_reset` follows. */
  open_room: { payload: z.object({ room }), value: z.object({ detail: roomDetailSchema.nullable() }) },
  leave_room: { payload: z.object({ room }), value: z.object({}) },
  /** A token to follow the open room's signals with livekit-client; `unsupported` where there is nothing to join. */
  observe_room: { payload: z.object({ room }), value: observeGrantSchema },
} as const

export const roomPushes = {
  rooms_reset: z.array(roomSummarySchema),
  rooms_changed: roomsUpdateSchema,
  room_reset: roomDetailSchema,
  room_changed: roomUpdateSchema,
  presence_changed: presenceSchema,
  /** Who looks at an open room, by name. */
  viewers_changed: z.object({ room: z.string(), operators: z.array(z.string()) }),
  feed_appended: z.array(feedEventSchema),
} as const
