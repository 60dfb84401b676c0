import type { FastifyBaseLogger } from 'fastify'
import type { Socket } from 'socket.io'
import { matchRequests, type MatchFound, type MatchRequestName, type PartnerLeft } from '#shared/contract/socket-match.ts'
import { describeIssue, fail, type Failure } from '#shared/domain/failure.ts'
import type { MatchService } from '#server/matchmaking/open-matchmaking.ts'
import { createMemoryRateLimit } from '#server/tokens/rate-limit.ts'
import { goingDown } from './connections/backlog.ts'
import { watchSocket, type SocketConnection } from './connections/socket-connection.ts'
import { failedHere } from './refuse.ts'

/** How many connections one user may have, as for an app that is open in several windows. */
const CONNECTIONS = 10
/** How often one user may ask: everything asked is a command to Redis, and an app's users are anybody. */
const ASKING = { limit: 20, windowMs: 10_000 }
/** How many events of any kind one connection may send in that time. */
const MOST_EVENTS = 200

type User = SocketConnection & { readonly username: string }

/** The connections of an app's users, who may queue for a match and nothing else. */
export type MatchSockets = {
  /** Whether this token is an app user's; then `serve` takes the connection. */
  readonly admit: (socket: Socket, token: string) => Promise<boolean>
  /** Takes an admitted connection over; false where it is not an app user's. */
  readonly serve: (socket: Socket) => boolean
  /** Tells everybody to go elsewhere; resolves when all are gone. */
  readonly close: () => Promise<void>
}

export function createMatchSockets(matchmaking: MatchService, log: FastifyBaseLogger): MatchSockets {
  const admitted = new WeakMap<Socket, string>()
  const users = new Map<Socket, User>()
  const asking = createMemoryRateLimit(ASKING)
  let closing = false

  function serveUser(socket: Socket, username: string): void {
    const connection = watchSocket(socket, () => undefined)
    const isTooMany = [...users.values()].filter((user) => user.username === username).length >= CONNECTIONS
    users.set(socket, { ...connection, username })
    const listener = {
      found: (found: MatchFound) => void socket.emit('match_found', found),
      left: (left: PartnerLeft) => void socket.emit('partner_left', left),
    }
    socket.on('disconnect', () => {
      users.delete(socket)
      matchmaking.disconnected(listener, username)
    })
    if (closing) return connection.close(goingDown)
    if (isTooMany) return connection.close({ code: 'rate_limited', message: `${username} has ${CONNECTIONS} connections already` })

    async function answer(name: string, payload: unknown): Promise<object> {
      if (!isMatchRequest(name)) return fail('forbidden', "this token is an app user's: it may queue for a match and nothing else")
      const parsed = matchRequests[name].payload.safeParse(payload)
      if (!parsed.success) return fail('invalid', describeIssue(parsed.error))
      if (parsed.data.username !== username) return fail('forbidden', `this token is ${username}'s: it is good for nobody else`)
      const verdict = await asking.take(username)
      if (verdict.kind === 'refused') {
        return fail('rate_limited', `${username} asks too often: try again in ${Math.ceil(verdict.waitMs / 1000)} s`)
      }
      const answered = await (name === 'join_queue' ? matchmaking.join(listener, username) : matchmaking.leave(listener, username))
      return answered.ok ? { ok: true, position: answered.value } : answered
    }

    const floods = watchFlood()
    socket.onAny((event: unknown, ...rest: unknown[]) => {
      if (floods())
        return connection.close({ code: 'rate_limited', message: `${username} sends too much: connect again, and ask less often` })
      const last = rest.at(-1)
      answer(String(event), typeof rest[0] === 'function' ? undefined : rest[0])
        .catch((error: unknown): Failure => {
          log.error({ err: error, event: String(event).slice(0, 64) }, "an app user's socket event failed")
          return failedHere
        })
        .then((result) => {
          // Socket.IO hands the acknowledgement over as the last argument, a function of one answer.
          if (typeof last === 'function' && !connection.isClosing()) (last as (answer: object) => void)(result)
        })
        .catch(() => undefined)
    })
  }

  return {
    async admit(socket, token) {
      const username = await matchmaking.verifyToken(token)
      if (username !== null) admitted.set(socket, username)
      return username !== null
    },
    serve(socket) {
      const username = admitted.get(socket)
      if (username === undefined) return false
      serveUser(socket, username)
      return true
    },
    async close() {
      closing = true
      const leaving = [...users.values()]
      for (const user of leaving) user.close(goingDown)
      await Promise.all(leaving.map(({ gone }) => gone))
    },
  }
}

/** Called for each event of one connection; true from the one on that is too many. */
function watchFlood(): () => boolean {
  let [heard, since] = [0, performance.now()]
  return () => {
    const at = performance.now()
    if (at - since >= ASKING.windowMs) [heard, since] = [0, at]
    heard += 1
    return heard > MOST_EVENTS
  }
}

function isMatchRequest(name: string): name is MatchRequestName {
  return Object.hasOwn(matchRequests, name)
}
