import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fail } from '#shared/domain/failure.ts'
import { may, type Capability, type Operator } from '#shared/domain/operator.ts'
import type { TokenHolder } from '#server/operators/operator-book.ts'
import { refuse } from './refuse.ts'
import type { Services } from './services.ts'

/** Who a route is for: those who may do something, everybody, or LiveKit with its signature. */
export type Who = Capability | 'open' | 'livekit'

declare module 'fastify' {
  interface FastifyContextConfig {
    who?: Who
    /** Where there is no header, the query's `ticket` is taken. */
    takesTicket?: boolean
  }
  interface FastifyRequest {
    /** Who asks; null where that is not asked for. */
    holder: TokenHolder | null
    /** The ticket that stood for them; null where it was a token. */
    ticket: string | null
  }
}

/** Lets every route say who it is for, and turns everybody else away before anything of the request is read. A route that doesn't say can't be added. */
export function addGuard(app: FastifyInstance, { logins, tickets, addressOf }: Pick<Services, 'logins' | 'tickets' | 'addressOf'>): void {
  app.decorateRequest('holder', null)
  app.decorateRequest('ticket', null)
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.who === undefined) throw new Error(`the route ${url} does not say who it is for`)
  })
  app.addHook('onRequest', async (request, reply) => {
    const { who, takesTicket = false } = request.routeOptions.config
    if (who === undefined || who === 'open' || who === 'livekit') return
    const address = addressOf({ address: request.ip, headers: request.headers })
    const bearer = bearerToken(request.headers.authorization)
    const ticket = takesTicket && bearer === undefined ? ticketOf(request) : undefined
    const redeemed = ticket === undefined ? null : await tickets.redeem(ticket)
    if (redeemed?.ok === false) return refuse(reply, redeemed)
    const login = redeemed ? logins.byTicket(redeemed.value, address) : await logins.byToken(bearer, address)
    if (!login.ok) {
      if (login.retryAfterS !== undefined) void reply.header('retry-after', String(login.retryAfterS))
      return refuse(reply, fail(login.code, login.message))
    }
    const { operator } = login.value
    if (!may(operator, who)) return refuse(reply, fail('forbidden', `the role ${operator.role} may not do that`))
    request.holder = login.value
    request.ticket = ticket ?? null
  })
}

function ticketOf({ query }: FastifyRequest): string | undefined {
  const given = typeof query === 'object' && query !== null && 'ticket' in query ? query.ticket : undefined
  return typeof given === 'string' ? given : undefined
}

/** The token of an `Authorization: Bearer TOKEN` header. */
function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1]
}

/** Who asks, and with which token; there is always one behind the guard of a capability. */
export function holderOf({ holder, url }: FastifyRequest): TokenHolder {
  if (!holder) throw new Error(`${url} is open to everybody and knows no operator`)
  return holder
}

export function operatorOf(request: FastifyRequest): Operator {
  return holderOf(request).operator
}
