import type { Connection, ServiceStatus } from '#shared/domain/connection.ts'

/** What is known about the way to the rooms, fact by fact; `readConnection` says what it amounts to. */
export type ConnectionFacts = {
  /** The embedded programs, where the profile has some. `ended`: there is nothing to connect to. */
  readonly backend: { readonly state: 'starting' | 'running' | 'ended'; readonly why: string | null }
  readonly socket: { readonly state: 'idle' | 'connected' | 'down' | 'refused'; readonly why: string | null }
  readonly wasConnected: boolean
  /** Whether the rooms that this connection asked for have arrived. */
  readonly roomsArrived: boolean
  /** Whether any connection's rooms have: there is something on the screen. */
  readonly hadRooms: boolean
  /** Why this connection's rooms are not here yet, where that is known. */
  readonly roomsWhy: string | null
  /** Whether the rooms are read again and again, because nothing is pushed (S4.7). */
  readonly rereading: boolean
  /** What the server said of itself on this connection. */
  readonly service: ServiceStatus | null
}

export type ConnectionEvent =
  | { readonly type: 'backend_starting'; readonly why: string }
  | { readonly type: 'backend_running' }
  | { readonly type: 'backend_ended'; readonly why: string }
  | { readonly type: 'socket_connected' }
  | { readonly type: 'socket_down'; readonly why: string }
  | { readonly type: 'socket_refused'; readonly why: string }
  | { readonly type: 'rooms_arrived' }
  /** The rooms on the screen can't be trusted any more: they were asked for again. */
  | { readonly type: 'rooms_doubted' }
  | { readonly type: 'rooms_refused'; readonly why: string }
  /** The rooms were read while nothing was pushed, or could not be. */
  | { readonly type: 'reread'; readonly ok: boolean }
  | { readonly type: 'service_told'; readonly status: ServiceStatus }

export const initialFacts: ConnectionFacts = {
  backend: { state: 'running', why: null },
  socket: { state: 'idle', why: null },
  wasConnected: false,
  roomsArrived: false,
  hadRooms: false,
  roomsWhy: null,
  rereading: false,
  service: null,
}

/** The server that the socket was connected to is gone, whether the socket has noticed or not. */
const unlinked = { socket: { state: 'idle', why: null }, roomsArrived: false, roomsWhy: null, rereading: false, service: null } as const

/** What is known after an event. */
export function reduceConnection(facts: ConnectionFacts, event: ConnectionEvent): ConnectionFacts {
  switch (event.type) {
    case 'backend_starting':
      return { ...facts, ...unlinked, backend: { state: 'starting', why: event.why } }
    case 'backend_running':
      return { ...facts, backend: { state: 'running', why: null } }
    case 'backend_ended':
      return { ...facts, ...unlinked, backend: { state: 'ended', why: event.why } }
    case 'socket_connected':
      return { ...facts, ...unlinked, socket: { state: 'connected', why: null }, wasConnected: true }
    case 'socket_down':
      return { ...facts, ...unlinked, rereading: facts.rereading, socket: { state: 'down', why: event.why } }
    case 'socket_refused':
      return { ...facts, ...unlinked, socket: { state: 'refused', why: event.why } }
    case 'rooms_arrived':
      return facts.socket.state === 'connected' ? { ...facts, roomsArrived: true, hadRooms: true, roomsWhy: null } : facts
    case 'rooms_doubted':
      return { ...facts, roomsArrived: false }
    case 'rooms_refused':
      return facts.socket.state === 'connected' ? { ...facts, roomsArrived: false, roomsWhy: event.why } : facts
    case 'reread':
      return facts.socket.state === 'down' ? { ...facts, rereading: event.ok, hadRooms: facts.hadRooms || event.ok } : facts
    case 'service_told':
      return facts.socket.state === 'connected' ? { ...facts, service: event.status } : facts
  }
}

type Reading = Pick<Connection, 'state' | 'why'>

/** S4.6: `live` only when the socket is connected, this connection's rooms are here and the server vouches for what it pushes. */
export function readConnection(facts: ConnectionFacts): Reading {
  if (facts.backend.state === 'ended') return { state: 'offline', why: facts.backend.why }
  if (facts.socket.state === 'refused') return { state: 'offline', why: facts.socket.why }
  if (facts.backend.state === 'starting') return { state: facts.wasConnected ? 'reconnecting' : 'connecting', why: facts.backend.why }
  if (facts.socket.state === 'idle') {
    return facts.wasConnected ? { state: 'reconnecting', why: 'connecting to the sync server again' } : { state: 'connecting', why: null }
  }
  if (facts.socket.state === 'down' && facts.rereading) {
    return {
      state: 'degraded',
      why: `nothing is pushed, the rooms are read every minute instead: ${facts.socket.why ?? 'the link is down'}`,
    }
  }
  if (facts.socket.state === 'down') return { state: facts.wasConnected ? 'reconnecting' : 'offline', why: facts.socket.why }
  return readConnected(facts)
}

function readConnected(facts: ConnectionFacts): Reading {
  if (facts.service?.state === 'degraded') {
    return { state: 'degraded', why: facts.service.why ?? 'the sync server says that what it shows may be old' }
  }
  if (facts.roomsWhy !== null) return { state: 'degraded', why: `the rooms could not be read: ${facts.roomsWhy}` }
  if (!facts.roomsArrived) return { state: facts.hadRooms ? 'degraded' : 'connecting', why: 'connected; reading the rooms' }
  if (facts.service === null) return { state: 'degraded', why: 'connected; the sync server has not said yet whether its rooms are right' }
  return { state: 'live', why: null }
}

/** The connection after these facts: `since` is when its state began, and without a change it's `previous` itself. */
export function nextConnection(previous: Connection, facts: ConnectionFacts, now: number): Connection {
  const { state, why } = readConnection(facts)
  if (previous.state === state && previous.why === why) return previous
  return { state, why, since: previous.state === state ? previous.since : now }
}
