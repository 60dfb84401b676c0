import type { Server as HttpServer } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import { Server, type Socket } from 'socket.io'
import type { z } from 'zod'
import { handshakeSchema, socketRequests, type SocketPush, type SocketPushName, type SocketRequestName } from '#shared/contract/socket.ts'
import { laterActionTypeSchema } from '#shared/domain/action.ts'
import { describeIssue, fail, type Failure } from '#shared/domain/failure.ts'
import { may, type Operator } from '#shared/domain/operator.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import { toDetail } from '#server/rooms/room-view.ts'
import { createFeedSubscriptions } from './feed-subscriptions.ts'
import { createRoomUpdates } from './room-updates.ts'
import type { Services } from './services.ts'

/** How often a client is asked whether it is still there, ms, and how long it may take to say so. */
const PING_INTERVAL_MS = 10_000
const PING_TIMEOUT_MS = 5_000

const WALL = 'wall'
const roomChannel = (room: string) => `room:${room}`

type Ack = (answer: unknown) => void
type Answer = object | Failure | Promise<object | Failure>
type Payload<N extends SocketRequestName> = z.output<(typeof socketRequests)[N]['payload']>
type Handler<N extends SocketRequestName> = (socket: Socket, operator: Operator, payload: Payload<N>) => Answer

/** The Socket.IO half of the public contract. */
export function createSocketGateway(http: HttpServer, services: Services, log: FastifyBaseLogger): { close: () => Promise<void> } {
  const { rooms, board, summaries, moderator, health, authenticate } = services
  const io = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    maxHttpBufferSize: 1_000_000,
  })
  const feed = createFeedSubscriptions()
  const toRoomUpdate = createRoomUpdates((room) => io.of('/').adapter.rooms.has(roomChannel(room)))
  const operators = new WeakMap<Socket, Operator>()

  function push<N extends SocketPushName>(
    to: { emit: (name: string, payload: unknown) => unknown },
    name: N,
    payload: SocketPush<N>,
  ): void {
    to.emit(name, payload)
  }

  const handlers = {
    async subscribe_rooms(socket) {
      void socket.join(WALL)
      await services.firstRead
      return { ok: true, rooms: summaries.all() }
    },
    unsubscribe_rooms: (socket) => (void socket.leave(WALL), { ok: true }),
    async subscribe_room(socket, _operator, { room }) {
      await services.firstRead
      void socket.join(roomChannel(room))
      const presence = board.get(room)
      if (presence) push(socket, 'presence', presence)
      return { ok: true, room: toDetail(rooms.get(room), presence) }
    },
    unsubscribe_room(socket, _operator, { room }) {
      void socket.leave(roomChannel(room))
      return { ok: true }
    },
    subscribe_feed(socket, _operator, { cursor, types, rooms: names }) {
      if (cursor !== undefined) return fail('unsupported', 'this server cannot go back to a cursor yet: subscribe without one')
      feed.add(socket, types, names)
      return { ok: true, cursor: rooms.cursor() }
    },
    unsubscribe_feed: (socket) => (feed.remove(socket), { ok: true }),
    act: (_socket, operator, action) => moderator.act(operator, action),
  } as const satisfies { readonly [N in SocketRequestName]: Handler<N> }

  async function answer(socket: Socket, name: string, payload: unknown): Promise<unknown> {
    const operator = operators.get(socket)
    if (!operator) return fail('unauthorized', 'this connection has no operator')
    if (!isSocketRequest(name)) return fail('invalid', 'there is no such event')
    const parsed = socketRequests[name].payload.safeParse(payload ?? {})
    if (!parsed.success) return refusePayload(name, payload, describeIssue(parsed.error))
    // The payload was parsed by the schema of the same name.
    const handler = handlers[name] as (socket: Socket, operator: Operator, payload: unknown) => Answer
    return handler(socket, operator, parsed.data)
  }

  async function greet(socket: Socket, next: (error?: Error) => void): Promise<void> {
    const refusal = await admitOrFail(socket)
    next(refusal ? Object.assign(new Error(refusal.message), { data: refusal }) : undefined)
  }
  io.use((socket, next) => void greet(socket, next))

  async function admitOrFail(socket: Socket): Promise<Failure | null> {
    try {
      return await admit(socket)
    } catch (error) {
      log.error({ err: error }, 'a handshake failed')
      return fail('internal', 'the server failed at this handshake; its log tells more')
    }
  }

  async function admit(socket: Socket): Promise<Failure | null> {
    const handshake = handshakeSchema.safeParse(socket.handshake.auth)
    if (!handshake.success) return fail('invalid', `the handshake is not of this protocol: ${describeIssue(handshake.error)}`)
    const operator = await authenticate(handshake.data.token)
    if (!operator) return fail('unauthorized', 'the sync server does not know this token')
    if (!may(operator, 'look')) return fail('forbidden', `the role ${operator.role} may not look at rooms`)
    operators.set(socket, operator)
    return null
  }

  io.on('connection', (socket) => {
    const operator = operators.get(socket)
    if (operator) push(socket, 'welcome', { operator })
    push(socket, 'service_status', health.status())
    socket.on('disconnect', () => feed.remove(socket))
    socket.onAny((event: unknown, ...rest: unknown[]) => {
      // Socket.IO lets a number through as the name.
      const name = String(event).slice(0, 64)
      const last = rest.at(-1)
      // Socket.IO hands the acknowledgement over as the last argument, a function of one answer.
      const ack = typeof last === 'function' ? (last as Ack) : () => undefined
      answer(socket, name, typeof rest[0] === 'function' ? undefined : rest[0])
        .catch((error: unknown) => {
          log.error({ err: error, event: name }, 'a socket event failed')
          return fail('internal', 'the server failed at this request; its log tells more')
        })
        .then((result) => {
          if (isRefusal(result)) log.warn({ event: name, code: result.code }, `socket event refused: ${result.message}`)
          ack(result)
        })
        .catch(() => undefined)
    })
  })

  const subscriptions = new Disposables()
  subscriptions.add(
    rooms.moved.subscribe((moved) => push(io.to(roomChannel(moved.after.name)), 'participants_update', toRoomUpdate(moved))),
    rooms.told.subscribe((event) => {
      for (const socket of feed.interestedIn(event)) push(socket, 'room:event', event)
    }),
    summaries.updates.subscribe((update) => push(io.to(WALL), 'rooms_update', update)),
    board.changed.subscribe((presence) => push(io.to(roomChannel(presence.room)), 'presence', presence)),
    health.changed.subscribe((status) => push(io, 'service_status', status)),
  )

  return {
    async close() {
      subscriptions.dispose()
      await io.close()
    },
  }
}

function isSocketRequest(name: string): name is SocketRequestName {
  return Object.hasOwn(socketRequests, name)
}

function isRefusal(result: unknown): result is Failure {
  return typeof result === 'object' && result !== null && 'ok' in result && result.ok === false
}

/** An action of a type that the contract knows and this server does not take yet is told apart from a malformed one. */
function refusePayload(name: SocketRequestName, payload: unknown, why: string): Failure & { actionId?: string } {
  if (name !== 'act' || typeof payload !== 'object' || payload === null) return fail('invalid', why)
  const actionId = 'actionId' in payload && typeof payload.actionId === 'string' ? payload.actionId.slice(0, 64) : ''
  const later = 'type' in payload && laterActionTypeSchema.safeParse(payload.type).success
  return { ...(later ? fail('unsupported', 'this server does not take that action yet') : fail('invalid', why)), actionId }
}
