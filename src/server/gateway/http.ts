import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { observeRequestSchema, roomParamsSchema, roomsQuerySchema, type RoomsPage } from '#shared/contract/http.ts'
import { describeIssue, fail, type Failure } from '#shared/domain/failure.ts'
import { may, type Capability, type Operator } from '#shared/domain/operator.ts'
import { toDetail } from '#server/rooms/room-view.ts'
import { bearerToken } from './authenticate.ts'
import type { Services } from './services.ts'
import { refuse } from './refuse.ts'
import { addWebhookRoutes } from './webhook-routes.ts'

const malformedBody = JSON.stringify(fail('invalid', 'this is not an HTTP request that can be read'))
/** The answer to bytes that are no request, which no handler sees. */
const malformedRequest = `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${malformedBody.length}\r\nconnection: close\r\n\r\n${malformedBody}`

/** The HTTP half of the public contract. Not listening yet. */
export function createHttp(services: Services, logger: FastifyBaseLogger): FastifyInstance {
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1_048_576,
    routerOptions: { maxParamLength: 2048 },
    frameworkErrors: (error, _request, reply) => void refuse(reply, fail('invalid', error.message), clientStatus(error)),
    clientErrorHandler: (_error, socket) => void socket.end(malformedRequest),
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setNotFoundHandler((_request, reply) => refuse(reply, fail('not_found', 'there is no such route')))
  app.setErrorHandler((error, request, reply) => {
    const failure = describeError(error, request)
    return refuse(reply, failure, failure.code === 'invalid' ? clientStatus(error) : undefined)
  })
  addWebhookRoutes(app, services)
  addRoomRoutes(app, services)
  app.get('/healthz', () => ({ ok: true }))
  app.get('/readyz', (_request, reply) => {
    const status = services.health.status()
    if (status.state === 'ok') return { ok: true }
    return refuse(reply, fail('unavailable', status.why ?? 'not ready'))
  })
  return app
}

function addRoomRoutes(instance: FastifyInstance, services: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  app.get('/api/rooms', { schema: { querystring: roomsQuerySchema } }, (request, reply) => {
    const operator = authorize(request, services, 'look')
    if ('code' in operator) return refuse(reply, operator)
    const { q = '', limit, after } = request.query
    const wanted = q.toLowerCase()
    const names = services.summaries
      .all()
      .filter(({ room }) => room.toLowerCase().includes(wanted) && (after === undefined || room > after))
      .toSorted((a, b) => (a.room < b.room ? -1 : 1))
    const rooms = names.slice(0, limit)
    const next = names.length > limit ? rooms.at(-1)?.room : undefined
    return { rooms, ...(next === undefined ? {} : { next }) } satisfies RoomsPage
  })
  app.get('/api/rooms/:room', { schema: { params: roomParamsSchema } }, (request, reply) => {
    const operator = authorize(request, services, 'look')
    if ('code' in operator) return refuse(reply, operator)
    const { room } = request.params
    const record = services.liveRecord(room)
    return record ? toDetail(record, services.board.get(room)) : refuse(reply, notLive(room))
  })
  app.post('/api/observe', { schema: { body: observeRequestSchema } }, async (request, reply) => {
    const operator = authorize(request, services, 'observe_signals')
    if ('code' in operator) return refuse(reply, operator)
    const { room, mode } = request.body
    if (mode !== 'signals') return refuse(reply, fail('unsupported', `this server does not offer the mode ${mode} yet`))
    if (!services.liveRecord(room)) return refuse(reply, notLive(room))
    void reply.header('cache-control', 'no-store')
    return services.observeGrant(room)
  })
}

function notLive(room: string): Failure {
  return fail('not_found', `the room ${room} is not live`, 'room_gone')
}

/** Who asks, if they may; else the refusal. */
function authorize(request: FastifyRequest, { authenticate }: Services, capability: Capability): Operator | Failure {
  const operator = authenticate(bearerToken(request.headers.authorization))
  if (!operator) return fail('unauthorized', 'a valid token is needed: Authorization: Bearer TOKEN')
  return may(operator, capability) ? operator : fail('forbidden', `the role ${operator.role} may not do that`)
}

function describeError(error: unknown, request: FastifyRequest): Failure {
  if (error instanceof Error && 'validation' in error) return fail('invalid', describeValidation(error))
  if (error instanceof Error && clientStatus(error) !== undefined) return fail('invalid', error.message)
  request.log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'a request failed')
  return fail('internal', 'the server failed at this request; its log tells more')
}

/** The status that Fastify gives a request that it refuses itself, such as 413 or 415. */
function clientStatus(error: unknown): number | undefined {
  if (!(error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number')) return undefined
  return error.statusCode < 500 ? error.statusCode : undefined
}

function describeValidation(error: Error): string {
  return error.cause instanceof z.ZodError ? describeIssue(error.cause) : error.message
}
