import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fail } from '#shared/domain/failure.ts'
import { may, type Capability, type Operator } from '#shared/domain/operator.ts'
import { bearerToken } from './authenticate.ts'
import { refuse } from './refuse.ts'
import type { Services } from './services.ts'

/** Who a route is for: those who may do something, everybody, or LiveKit with its signature. */
export type Who = Capability | 'open' | 'livekit'

declare module 'fastify' {
  interface FastifyContextConfig {
    who?: Who
  }
  interface FastifyRequest {
    operator: Operator | null
  }
}

/** Lets every route say who it is for, and turns everybody else away before anything of the request is read. A route that doesn't say can't be added. */
export function addGuard(app: FastifyInstance, { authenticate, metrics }: Pick<Services, 'authenticate' | 'metrics'>): void {
  app.decorateRequest('operator', null)
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.who === undefined) throw new Error(`the route ${url} does not say who it is for`)
  })
  app.addHook('onRequest', async (request, reply) => {
    const { who } = request.routeOptions.config
    if (who === undefined || who === 'open' || who === 'livekit') return
    const operator = await authenticate(bearerToken(request.headers.authorization))
    if (!operator) metrics.loginFailed()
    if (!operator) return refuse(reply, fail('unauthorized', 'a valid token is needed: Authorization: Bearer TOKEN'))
    if (!may(operator, who)) return refuse(reply, fail('forbidden', `the role ${operator.role} may not do that`))
    request.operator = operator
  })
}

/** Who asks; there is always one behind the guard of a capability. */
export function operatorOf({ operator, url }: FastifyRequest): Operator {
  if (!operator) throw new Error(`${url} is open to everybody and knows no operator`)
  return operator
}
