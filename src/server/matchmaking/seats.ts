import type { MatchFound, PartnerLeft } from '#shared/contract/socket-match.ts'
import type { Match, Waiting } from './match-store.ts'

/** One connection of an app's user. */
export type MatchConnection = {
  readonly found: (found: MatchFound) => void
  readonly left: (left: PartnerLeft) => void
}

/** A user whose connections this instance has. `state: null` until the first answer to joining. */
export type Seat = {
  /** Those that have joined, each with the room of the match it was told of. */
  readonly connections: Map<MatchConnection, string | null>
  state: Match | Waiting | null
}

export type Seats = {
  readonly get: (username: string) => Seat | undefined
  readonly size: () => number
  readonly usernames: () => string[]
  /** Seats a connection that is to be told of a match, also of one it knows. */
  readonly add: (username: string, connection: MatchConnection) => Seat
  /** Takes a connection away; true where it was the user's last one. */
  readonly drop: (username: string, connection: MatchConnection) => boolean
  readonly remove: (username: string) => void
}

export function createSeats(): Seats {
  const seats = new Map<string, Seat>()
  return {
    get: (username) => seats.get(username),
    size: () => seats.size,
    usernames: () => [...seats.keys()],
    add(username, connection) {
      const seat = seats.get(username) ?? { connections: new Map(), state: null }
      seats.set(username, seat)
      seat.connections.set(connection, null)
      return seat
    },
    drop(username, connection) {
      const seat = seats.get(username)
      if (!seat?.connections.delete(connection) || seat.connections.size > 0) return false
      return seats.delete(username)
    },
    remove: (username) => void seats.delete(username),
  }
}

/** Tells those who know of a match that it is over; they have to join again. */
export function tellLeft(seat: Seat, room: string): void {
  for (const [connection, told] of seat.connections) {
    if (told !== room) continue
    seat.connections.delete(connection)
    connection.left({ room })
  }
}
