import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fail, succeed } from '#shared/domain/failure.ts'
import { may, type Capability, type Operator } from '#shared/domain/operator.ts'
import { bearerToken } from './authenticate.ts'
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
    operator: Operator | null
  }
}

/** Lets every route say who it is for, and turns everybody else away before anything of the request is read. A route that doesn't say can't be added. */
export function addGuard(
  app: FastifyInstance,
  { authenticate, tickets, metrics }: Pick<Services, 'authenticate' | 'tickets' | 'metrics'>,
): void {
  app.decorateRequest('operator', null)
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.who === undefined) throw new Error(`the route ${url} does not say who it is for`)
  })
  app.addHook('onRequest', async (request, reply) => {
    const { who, takesTicket = false } = request.routeOptions.config
    if (who === undefined || who === 'open' || who === 'livekit') return
    const bearer = bearerToken(request.headers.authorization)
    const ticket = takesTicket && bearer === undefined ? ticketOf(request) : undefined
    const redeemed = ticket === undefined ? succeed(null) : await tickets.redeem(ticket)
    if (!redeemed.ok) return refuse(reply, redeemed)
    const operator = redeemed.value ?? (await authenticate(bearer))
    if (!operator) metrics.loginFailed()
    if (!operator) return refuse(reply, fail('unauthorized', 'a valid token is needed: Authorization: Bearer TOKEN'))
    if (!may(operator, who)) return refuse(reply, fail('forbidden', `the role ${operator.role} may not do that`))
    request.operator = operator
  })
}

function ticketOf({ query }: FastifyRequest): string | undefined {
  const given = typeof query === 'object' && query !== null && 'ticket' in query ? query.ticket : undefined
  return typeof given === 'string' ? given : undefined
}

/** Who asks; there is always one behind the guard of a capability. */
export function operatorOf({ operator, url }: FastifyRequest): Operator {
  if (!operator) throw new Error(`${url} is open to everybody and knows no operator`)
  return operator
}
