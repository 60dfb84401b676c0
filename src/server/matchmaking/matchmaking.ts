import { randomBytes } from 'node:crypto'
import type { JoinGrant, TokenRequest } from '#shared/contract/http-tokens.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import type { Emitter } from '#shared/lib/emitter.ts'
import type { Bus } from '#server/redis/bus.ts'
import type { RoomMoved } from '#server/rooms/live-rooms.ts'
import type { LeftBehind, Match, MatchCounts, MatchState, MatchStore, Told, Touched, Waiting } from './match-store.ts'
import { watchRoomAbsence } from './room-absence.ts'
import { createSeats, tellLeft, type MatchConnection, type Seat } from './seats.ts'

/** How often the instance says that its users are still there, ms, while it has any. */
const LOOK_MS = 10_000
/** How many users one look takes along. */
const LOOK_SIZE = 500
/** What is believed of a user whose joining is under way. The store answers in the order it is asked, so by the answer it is settled. */
const NEVER_ANSWERED: Waiting = { kind: 'waiting', position: 1 }
/** A grace ends by the store's clock, which ours may be a little ahead of, ms. */
const GRACE_MARGIN_MS = 200

/** The queue for this instance's connections (S0.6). `position` counts from 1; 0 where the user doesn't wait. */
export type Matchmaking = {
  /** Queues the user, or finds their match again. Both of a pair are told at all connections that have joined. */
  readonly join: (connection: MatchConnection, username: string) => Promise<Result<number>>
  /** Leaves the match, or the queue where no other connection of the user waits. */
  readonly leave: (connection: MatchConnection, username: string) => Promise<Result<number>>
  readonly disconnected: (connection: MatchConnection, username: string) => void
  readonly counts: () => Promise<Result<MatchCounts>>
  /** Keeps what its users have for the grace, so that they find it at another instance. */
  readonly close: () => Promise<void>
}

type Options = {
  readonly store: MatchStore
  readonly bus: Bus
  readonly rooms: { readonly moved: Emitter<RoomMoved> }
  readonly issueToken: (request: TokenRequest) => Promise<Result<JoinGrant>>
  readonly graceMs: number
}

/** `graceMs` is the store's. */
export function createMatchmaking({ store, bus, rooms, issueToken, graceMs }: Options): Matchmaking {
  const seats = createSeats()
  const closing = new Disposables()
  const graceTimers = new Set<NodeJS.Timeout>()
  const absence = watchRoomAbsence({ moved: rooms.moved, graceMs, isMatchedIn, onGone: (username, room) => void giveUp(username, room) })
  let looking: NodeJS.Timeout | undefined
  let closed = false

  function isMatchedIn(username: string, room: string): boolean {
    const state = seats.get(username)?.state
    return state?.kind === 'matched' && state.room === room
  }

  /** Hands on whom a step of the store concerned: to connections here at once, to other instances by the bus. */
  function read<T>(answer: Result<Told<T>>): Result<T> {
    if (!answer.ok) return answer
    const { value, touched } = answer.value
    for (const { username, state } of touched) settle(username, state)
    const elsewhere = touched.filter(isElsewhere).map(({ username }) => username)
    if (elsewhere.length > 0) void bus.publish({ kind: 'match', usernames: elsewhere })
    return succeed(value)
  }

  function isElsewhere({ instances }: Touched): boolean {
    return instances.some((instance) => instance !== bus.instance)
  }

  /** Takes over where a user is, and tells their connections what is new about it. */
  function settle(username: string, now: MatchState | LeftBehind): void {
    const seat = seats.get(username)
    if (!seat) return
    const { state: before } = seat
    if (before?.kind === 'matched' && !(now.kind === 'matched' && now.room === before.room)) tellLeft(seat, before.room)
    if (seat.connections.size === 0) {
      seats.remove(username)
      // Whoever queued again did so elsewhere.
      if (now.kind === 'matched' || now.kind === 'waiting') void store.release([username], false).then(read)
    } else if (now.kind === 'matched' || now.kind === 'waiting') {
      seat.state = now
      if (now.kind === 'matched') void tellFound(username, now)
    } else if (before) {
      // Those who are left were never told that they wait no more.
      seat.state = { kind: 'waiting', position: 1 }
      void rejoin(username, seat)
    }
    lookLater()
  }

  /** Tells those connections that don't know of the match yet. */
  async function tellFound(username: string, { room, partner }: Match): Promise<void> {
    const issued = await issueToken({ room, username, canPublish: true })
    const seat = seats.get(username)
    if (!seat || !isMatchedIn(username, room)) return
    if (!issued.ok) {
      // They were forbidden to join since they queued.
      seats.remove(username)
      read(await store.leave(username, room))
      return
    }
    const { token, url } = issued.value
    for (const [connection, told] of seat.connections) {
      if (told === room) continue
      seat.connections.set(connection, room)
      connection.found({ room, token, url, partner })
    }
  }

  /** Queues again whom the store has lost. Where that fails, the next look finds them missing once more. */
  async function rejoin(username: string, seat: Seat): Promise<void> {
    const answer = read(await store.join(username, freshRoom()))
    if (answer.ok && seats.get(username) === seat) settle(username, answer.value)
  }

  async function resume(username: string, seat: Seat, match: Match): Promise<void> {
    const answer = read(await store.resume(username, match))
    if (answer.ok && seats.get(username) === seat) settle(username, answer.value)
  }

  /** Holds these users on, and takes over where they are. While the store is away everything stays as it is. */
  async function look(usernames: readonly string[]): Promise<void> {
    const asked = usernames.flatMap((username) => {
      const seat = seats.get(username)
      return seat ? [{ username, seat, state: seat.state ?? NEVER_ANSWERED }] : []
    })
    if (asked.length === 0) return
    const answer = read(await store.look(asked))
    if (!answer.ok) return
    for (const [index, { username, seat }] of asked.entries()) {
      const now = answer.value[index]
      if (!now || seats.get(username) !== seat) continue
      if (now.kind === 'absent' && seat.state?.kind === 'matched') void resume(username, seat, seat.state)
      else settle(username, now)
    }
  }

  async function lookAtAll(): Promise<void> {
    const usernames = seats.usernames()
    for (let first = 0; first < usernames.length; first += LOOK_SIZE) await look(usernames.slice(first, first + LOOK_SIZE))
    looking = undefined
    lookLater()
  }

  function lookLater(): void {
    if (closed || looking || seats.size() === 0) return
    looking = setTimeout(() => void lookAtAll(), LOOK_MS)
    looking.unref()
  }

  /** Ends the match of somebody who is out of its room for too long, though they have a connection here. */
  async function giveUp(username: string, room: string): Promise<void> {
    const answer = read(await store.leave(username, room))
    if (!isMatchedIn(username, room)) return
    if (answer.ok) seats.remove(username)
    else absence.again(username, room)
  }

  /** Whoever let go of a matched user notices that the grace is over; where that is nobody, the partner's next look does. */
  function afterGrace(): void {
    const timer = setTimeout(() => {
      graceTimers.delete(timer)
      void store.counts().then(read)
    }, graceMs + GRACE_MARGIN_MS)
    timer.unref()
    graceTimers.add(timer)
  }

  closing.add(
    absence.stop,
    bus.subscribe((message, from) => {
      if (message.kind === 'match' && from !== bus.instance) void look(message.usernames)
    }),
  )

  return {
    async join(connection, username) {
      if (closed) return fail('unavailable', 'this server is ending: connect again')
      const room = freshRoom()
      const allowed = await issueToken({ room, username, canPublish: true })
      // They would be matched in vain.
      if (!allowed.ok) return fail(allowed.code, `${username} may not join a room now`, allowed.detail)
      const wasIn = seats.get(username)?.connections.has(connection) ?? false
      const seat = seats.add(username, connection)
      const answer = read(await store.join(username, room))
      if (!answer.ok) {
        if (!wasIn) seats.drop(username, connection)
        return answer
      }
      if (seats.get(username) === seat) settle(username, answer.value)
      return succeed(answer.value.kind === 'waiting' ? answer.value.position : 0)
    },

    async leave(connection, username) {
      const seat = seats.get(username)
      if (seat?.state?.kind === 'waiting' && seat.connections.has(connection) && seat.connections.size > 1) {
        seats.drop(username, connection)
        return succeed(seat.state.position)
      }
      const answer = read(await store.leave(username))
      if (!answer.ok) return answer
      seats.drop(username, connection)
      if (answer.value.kind !== 'matched') settle(username, { kind: 'absent' })
      return succeed(answer.value.kind === 'waiting' ? answer.value.position : 0)
    },

    disconnected(connection, username) {
      const state = seats.get(username)?.state
      if (closed || !seats.drop(username, connection)) return
      // A release that fails is made good by the lease.
      void store.release([username], false).then(read)
      if (state?.kind !== 'waiting') afterGrace()
    },

    counts: async () => read(await store.counts()),

    async close() {
      closed = true
      clearTimeout(looking)
      for (const timer of graceTimers) clearTimeout(timer)
      closing.dispose()
      const usernames = seats.usernames()
      if (usernames.length > 0) read(await store.release(usernames, true))
    },
  }
}

/** A name that nobody can guess. */
function freshRoom(): string {
  return `match-${randomBytes(16).toString('base64url')}`
}
