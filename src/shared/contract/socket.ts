import { z } from 'zod'
import { actionProgressSchema, actionResultSchema, actionSchema } from '../domain/action.ts'
import { serviceStatusSchema } from '../domain/connection.ts'
import { errorCodeSchema, failureSchema } from '../domain/failure.ts'
import { feedEventSchema, feedTypeSchema } from '../domain/feed-event.ts'
import { operatorSchema } from '../domain/operator.ts'
import { presenceSchema } from '../domain/presence.ts'
import { broadcastRequestSchema } from './http-match.ts'
import { syncStatusSchema } from './http-sync.ts'
import { observerStatusSchema } from './observer-status.ts'
import { roomDetailSchema, roomsUpdateSchema, roomSummarySchema, roomUpdateSchema } from '../domain/room.ts'

/** The version of this contract; a handshake with another one is refused. */
export const PROTOCOL = 1

/** The handshake's `auth`. */
export const handshakeSchema = z.object({ token: z.string().min(1), protocol: z.literal(PROTOCOL) })

const roomName = z.string().min(1).max(512)
const done = z.object({ ok: z.literal(true) })

/** What a client sends, each with the payload and the acknowledgement; a refusal is always a `Failure`. */
export const socketRequests = {
  subscribe_rooms: { payload: z.object({}), ack: done.extend({ rooms: z.array(roomSummarySchema) }) },
  unsubscribe_rooms: { payload: z.object({}), ack: done },
  subscribe_room: { payload: z.object({ room: roomName }), ack: done.extend({ room: roomDetailSchema }) },
  unsubscribe_room: { payload: z.object({ room: roomName }), ack: done },
  subscribe_feed: {
    payload: z.object({
      types: z.array(feedTypeSchema).optional(),
      rooms: z.array(roomName).max(1000).optional(),
      cursor: z.string().optional(),
    }),
    ack: done.extend({ cursor: z.string() }),
  },
  unsubscribe_feed: { payload: z.object({}), ack: done },
  act: { payload: actionSchema, ack: actionResultSchema },
  /** What of a bulk action isn't done yet isn't done; `not_found` where this instance carries out none of that id for this operator. */
  cancel_action: { payload: actionProgressSchema.pick({ actionId: true }), ack: done },
  /** Which room the operator looks at here; null: none. */
  looking: { payload: z.object({ room: roomName.nullable() }), ack: done },
} as const
export type SocketRequestName = keyof typeof socketRequests
export type SocketPayload<N extends SocketRequestName> = z.input<(typeof socketRequests)[N]['payload']>
export type SocketAck<N extends SocketRequestName> = z.infer<(typeof socketRequests)[N]['ack']>

/** What the server pushes. `service_status` comes once after the handshake, then at each change; `welcome` says who the token belongs to. */
export const socketPushes = {
  welcome: z.object({ operator: operatorSchema }),
  service_status: serviceStatusSchema,
  rooms_update: roomsUpdateSchema,
  participants_update: roomUpdateSchema,
  presence: presenceSchema,
  /** How far a bulk action is, to the connection that asked for it, at most 4 a second. */
  action_progress: actionProgressSchema,
  'room:event': feedEventSchema,
  /** Some of the feed is lost to this subscription, as when Redis lost it: it goes on from this cursor. */
  feed_reset: z.object({ cursor: z.string() }),
  /** After the handshake, then after each sweep and when it was started or stopped. */
  sync_status: syncStatusSchema,
  /** After the handshake, then when there is news, at most every 2 s; older servers don't tell it. */
  observer_status: observerStatusSchema,
  /** Who looks at a room, by name. */
  room_viewers: z.object({ room: z.string(), operators: z.array(z.string()) }),
  /** To those who follow the room, from another backend. */
  broadcast: broadcastRequestSchema,
  /** The last thing said before the server closes the connection, and why. */
  closing: z.object({ code: errorCodeSchema, message: z.string() }),
} as const
export type SocketPushName = keyof typeof socketPushes
export type SocketPush<N extends SocketPushName> = z.infer<(typeof socketPushes)[N]>

export const socketFailureSchema = failureSchema
