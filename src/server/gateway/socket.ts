import type { Server as HttpServer } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import { Server, type Socket } from 'socket.io'
import type { z } from 'zod'
import { handshakeSchema, socketRequests, type SocketPush, type SocketPushName, type SocketRequestName } from '#shared/contract/socket.ts'
import { matchRequests } from '#shared/contract/socket-match.ts'
import { describeIssue, fail, type Failure } from '#shared/domain/failure.ts'
import { may, type Operator } from '#shared/domain/operator.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import { toDetail } from '#server/rooms/room-view.ts'
import { endings, type TokenHolder } from '#server/operators/operator-book.ts'
import { createFeedFilter } from '#server/feed/feed-filter.ts'
import { goingDown } from './connections/backlog.ts'
import { watchSocket, type SocketConnection } from './connections/socket-connection.ts'
import { failedHere } from './refuse.ts'
import { refuseAction } from './refuse-payload.ts'
import { createRoomUpdates } from './room-updates.ts'
import { createMatchSockets } from './socket-matchmaking.ts'
import type { Services } from './services.ts'

/** How often a client is asked whether it is still there, ms, and how long it may take to say so. */
const PING_INTERVAL_MS = 10_000
const PING_TIMEOUT_MS = 5_000
/** How long a connection may stay without saying who it is, ms. */
const HANDSHAKE_MS = 10_000
/** How many rooms one connection may follow. */
const ROOMS_FOLLOWED = 10_000

const WALL = 'wall'
const OPERATORS = 'operators'
const roomChannel = (room: string) => `room:${room}`

type Ack = (answer: unknown) => void
type Answer = object | Failure | Promise<object | Failure>
type Payload<N extends SocketRequestName> = z.output<(typeof socketRequests)[N]['payload']>
type Handler<N extends SocketRequestName> = (socket: Socket, operator: Operator, payload: Payload<N>) => Answer

/** Somebody's connection. */
type Client = SocketConnection & { readonly tokenId: string }

export type SocketGateway = {
  /** How many clients are connected. */
  readonly count: () => number
  /** Ends the connections of this token; `reason` is one line for a person. */
  readonly disconnect: (tokenId: string, reason: string) => void
  /** Tells everybody to go elsewhere; resolves when all are gone. */
  readonly close: () => Promise<void>
}

/** The Socket.IO half of the public contract. */
export function createSocketGateway(http: HttpServer, services: Services, log: FastifyBaseLogger): SocketGateway {
  const { rooms, board, attention, summaries, moderator, health, sync, observers, logins, metrics, refusals, drain, viewers, broadcasts } =
    services
  const io = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    connectTimeout: HANDSHAKE_MS,
    maxHttpBufferSize: 1_000_000,
  })
  const feed = services.feed.open<Socket>({
    send: (event, to) => push(io.to(to.map(({ id }) => id)), 'room:event', event),
    ready: (socket) => clients.get(socket)?.ready() ?? false,
    reset: (socket, cursor) => push(socket, 'feed_reset', { cursor }),
    failed: (socket, { code, message }) => clients.get(socket)?.close({ code, message }),
  })
  const hasListeners = (channel: string) => io.of('/').adapter.rooms.has(channel)
  const toRoomUpdate = createRoomUpdates((room) => hasListeners(roomChannel(room)))
  const admitted = new WeakMap<Socket, TokenHolder>()
  const clients = new Map<Socket, Client>()
  /** Connections with a handshake that was taken, or is being looked at. */
  const greeted = new WeakSet<Socket['conn']>()
  const matchSockets = createMatchSockets(services.matchmaking, log)
  let closing = false

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
      const channel = roomChannel(room)
      if (!socket.rooms.has(channel) && socket.rooms.size >= ROOMS_FOLLOWED) {
        return fail('rate_limited', `this connection follows ${ROOMS_FOLLOWED} rooms already: unsubscribe from one first`)
      }
      void socket.join(channel)
      const presence = board.get(room)
      if (presence) push(socket, 'presence', presence)
      const invited = rooms.get(room).room ? [] : await services.people.invitedTo(room)
      const detail = toDetail(
        rooms.get(room),
        { presence, attention: attention.of(room) },
        viewers.of(room),
        services.measures.book.ofRoom(room),
      )
      // It may have begun meanwhile.
      if (rooms.get(room).room) return { ok: true, room: detail }
      return { ok: true, room: { ...detail, participants: [...invited], total: invited.length } }
    },
    unsubscribe_room(socket, _operator, { room }) {
      void socket.leave(roomChannel(room))
      return { ok: true }
    },
    async subscribe_feed(socket, _operator, { cursor, types, rooms: names }) {
      const subscribed = await feed.subscribe(socket, createFeedFilter(types, names), cursor)
      return subscribed.ok ? { ok: true, cursor: subscribed.value } : subscribed
    },
    unsubscribe_feed: (socket) => (feed.unsubscribe(socket), { ok: true }),
    act: (socket, operator, action) => moderator.act(operator, action, (progress) => push(socket, 'action_progress', progress)),
    cancel_action: (_socket, operator, { actionId }) => moderator.cancel(operator, actionId) ?? { ok: true },
    looking: (socket, operator, { room }) => (viewers.look(socket, operator.name, room), { ok: true }),
  } as const satisfies { readonly [N in SocketRequestName]: Handler<N> }

  async function answer(socket: Socket, name: string, payload: unknown): Promise<unknown> {
    const operator = admitted.get(socket)?.operator
    if (!operator) return fail('unauthorized', 'this connection has no operator')
    if (Object.hasOwn(matchRequests, name)) return fail('forbidden', "the queue is for an app's users: connect with a LiveKit token")
    if (!isSocketRequest(name)) return fail('invalid', 'there is no such event')
    const parsed = socketRequests[name].payload.safeParse(payload ?? {})
    if (!parsed.success) {
      const why = describeIssue(parsed.error)
      return name === 'act' ? refuseAction(payload, why) : fail('invalid', why)
    }
    // The payload was parsed by the schema of the same name.
    const handler = handlers[name] as (socket: Socket, operator: Operator, payload: unknown) => Answer
    return handler(socket, operator, parsed.data)
  }

  async function greet(socket: Socket, next: (error?: Error) => void): Promise<void> {
    const refusal = await admitOnce(socket)
    if (refusal) refusals.write(log, 'warn', `handshake ${refusal.code}`, { code: refusal.code }, `handshake refused: ${refusal.message}`)
    next(refusal ? Object.assign(new Error(refusal.message), { data: refusal }) : undefined)
  }
  io.use((socket, next) => void greet(socket, next))

  /** Whoever is refused may try again on the same connection; whoever is somebody can't be somebody else, too, nor the same many times. */
  async function admitOnce(socket: Socket): Promise<Failure | null> {
    const { conn } = socket
    if (greeted.has(conn)) return fail('conflict', 'this connection has its handshake: open another one')
    greeted.add(conn)
    const refusal = await admitOrFail(socket)
    if (refusal) greeted.delete(conn)
    return refusal
  }

  async function admitOrFail(socket: Socket): Promise<Failure | null> {
    try {
      return await admit(socket)
    } catch (error) {
      log.error({ err: error }, 'a handshake failed')
      return fail('internal', 'the server failed at this handshake; its log tells more')
    }
  }

  async function admit(socket: Socket): Promise<Failure | null> {
    if (closing) return fail('unavailable', goingDown.message)
    const handshake = handshakeSchema.safeParse(socket.handshake.auth)
    if (!handshake.success) return fail('invalid', `the handshake is not of this protocol: ${describeIssue(handshake.error)}`)
    // First, or each of an app's users would count as a failed login.
    if (await matchSockets.admit(socket, handshake.data.token)) return null
    const login = await logins.byToken(handshake.data.token, services.addressOf(socket.handshake))
    if (!login.ok) return fail(login.code, login.message)
    const { operator } = login.value
    if (!may(operator, 'look')) return fail('forbidden', `the role ${operator.role} may not look at rooms`)
    admitted.set(socket, login.value)
    return null
  }

  io.on('connection', (socket) => {
    if (matchSockets.serve(socket)) return
    const holder = admitted.get(socket)
    if (!holder) return void socket.disconnect(true)
    const { tokenId, operator } = holder
    void socket.join(OPERATORS)
    const connection = watchSocket(socket, () => {
      feed.unsubscribe(socket)
      void socket.leave(WALL)
      for (const channel of socket.rooms) void socket.leave(channel)
      metrics.slowConsumer('socket')
    })
    clients.set(socket, { ...connection, tokenId })
    if (closing) connection.close(goingDown)
    // Revoked between the handshake and now.
    if (!services.isValidToken(tokenId)) connection.close({ code: 'unauthorized', message: endings.revoked })
    push(socket, 'welcome', { operator })
    push(socket, 'service_status', health.status())
    push(socket, 'sync_status', sync.status())
    push(socket, 'observer_status', observers.status())
    socket.on('disconnect', () => {
      clients.delete(socket)
      feed.unsubscribe(socket)
      viewers.look(socket, operator.name, null)
    })
    socket.onAny((event: unknown, ...rest: unknown[]) => {
      // Socket.IO lets a number through as the name.
      const name = String(event).slice(0, 64)
      const last = rest.at(-1)
      // Socket.IO hands the acknowledgement over as the last argument, a function of one answer.
      const ack = typeof last === 'function' ? (last as Ack) : () => undefined
      answer(socket, name, typeof rest[0] === 'function' ? undefined : rest[0])
        .catch((error: unknown) => {
          log.error({ err: error, event: name }, 'a socket event failed')
          return failedHere
        })
        .then((result) => {
          if (isRefusal(result)) writeRefusal(name, operator, result)
          if (!connection.isClosing()) ack(result)
        })
        .catch(() => undefined)
        .finally(drain.begin())
    })
  })

  function writeRefusal(event: string, operator: Operator, { code, message }: Failure): void {
    const kind = `socket ${isSocketRequest(event) ? event : 'unknown'} ${code}`
    refusals.write(log, 'warn', kind, { event, code, operator: operator.name }, `socket event refused: ${message.slice(0, 300)}`)
  }

  const subscriptions = new Disposables()
  subscriptions.add(
    rooms.moved.subscribe((moved) => {
      const update = toRoomUpdate(moved)
      if (update) push(io.to(roomChannel(update.room)), 'participants_update', update)
    }),
    summaries.updates.subscribe((read) => hasListeners(WALL) && push(io.to(WALL), 'rooms_update', read())),
    // Socket.IO would make a packet of each for nobody.
    board.changed.subscribe((presence) => {
      const channel = roomChannel(presence.room)
      if (hasListeners(channel)) push(io.to(channel), 'presence', presence)
    }),
    health.changed.subscribe((status) => push(io.to(OPERATORS), 'service_status', status)),
    sync.changed.subscribe((status) => push(io.to(OPERATORS), 'sync_status', status)),
    observers.changed.subscribe((status) => push(io.to(OPERATORS), 'observer_status', status)),
    viewers.changed.subscribe((now) => push(io.to(roomChannel(now.room)), 'room_viewers', now)),
    broadcasts.deliverWith((broadcast) => {
      const channel = roomChannel(broadcast.room)
      push(io.to(channel), 'broadcast', broadcast)
      return io.of('/').adapter.rooms.get(channel)?.size ?? 0
    }),
  )

  return {
    count: () => clients.size,
    disconnect(gone, reason) {
      for (const { tokenId, close } of clients.values()) if (tokenId === gone) close({ code: 'unauthorized', message: reason })
    },
    async close() {
      closing = true
      subscriptions.dispose()
      const leaving = [...clients.values()]
      for (const { close } of leaving) close(goingDown)
      await Promise.all([matchSockets.close(), ...leaving.map(({ gone }) => gone)])
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
