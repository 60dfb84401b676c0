import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { describeIssue, fail, type Failure } from '#shared/domain/failure.ts'
import type { Drain } from './drain.ts'
import { addGuard } from './guard.ts'
import { addOpenapi } from './openapi.ts'
import { comeAgain, failedHere, refuse, stopping } from './refuse.ts'
import { addRequestLog, requestId } from './request-log.ts'
import { addActionsRoutes } from './routes/actions-routes.ts'
import { addAuditRoutes } from './routes/audit-routes.ts'
import { addBroadcastRoutes } from './routes/broadcast-routes.ts'
import { addEventsRoutes } from './routes/events-routes.ts'
import { addHealthRoutes } from './routes/health-routes.ts'
import { addInsightsRoutes } from './routes/insights-routes.ts'
import { addMatchRoutes } from './routes/match-routes.ts'
import { addMeasuresRoutes } from './routes/measures-routes.ts'
import { addMetricsRoutes } from './routes/metrics-routes.ts'
import { addOpenapiRoutes } from './routes/openapi-routes.ts'
import { addOperatorsRoutes } from './routes/operators-routes.ts'
import { addParticipantsRoutes } from './routes/participants-routes.ts'
import { addPeopleRoutes } from './routes/people-routes.ts'
import { addRoomsRoutes } from './routes/rooms-routes.ts'
import { addSessionsRoutes } from './routes/sessions-routes.ts'
import { addSettingsRoutes } from './routes/settings-routes.ts'
import { addSyncRoutes } from './routes/sync-routes.ts'
import { addTokenRoutes } from './routes/token-routes.ts'
import { addUsageRoutes } from './routes/usage-routes.ts'
import { addWebhookRoutes } from './routes/webhook-routes.ts'
import type { Services } from './services.ts'
import { BODY_LIMIT, openWebhookDoor } from './webhook-door.ts'

const malformedBody = JSON.stringify(fail('invalid', 'this is not an HTTP request that can be read'))
/** The answer to bytes that are no request, which no handler sees. */
const malformedRequest = `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${malformedBody.length}\r\nconnection: close\r\n\r\n${malformedBody}`

/** How long a request's head, and a whole request, may take to arrive, ms: one that never ends would hold up an orderly end. */
const HEAD_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
/** How often Node looks for those that take longer, ms. */
const TIMEOUT_CHECK_MS = 2500
/** The longest name of a room or person, 512 UTF-16 units, is this long when every byte of it is written as %XX. */
const NAME_LENGTH = 512 * 9

/** Each feature's routes. */
const features = [
  addWebhookRoutes,
  addRoomsRoutes,
  addParticipantsRoutes,
  addSyncRoutes,
  addMatchRoutes,
  addEventsRoutes,
  addActionsRoutes,
  addMeasuresRoutes,
  addTokenRoutes,
  addBroadcastRoutes,
  addOperatorsRoutes,
  addAuditRoutes,
  addPeopleRoutes,
  addSessionsRoutes,
  addInsightsRoutes,
  addSettingsRoutes,
  addUsageRoutes,
  addHealthRoutes,
  addMetricsRoutes,
  addOpenapiRoutes,
] as const satisfies readonly ((app: FastifyInstance, services: Services) => void)[]

/** The HTTP half of the public contract. Not listening yet. */
export function createHttp(services: Services, logger: FastifyBaseLogger): FastifyInstance {
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestId,
    // What comes while the server ends is answered by the drain.
    return503OnClosing: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEAD_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: NAME_LENGTH },
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
  openWebhookDoor(app.server, services, logger)
  addOpenapi(app)
  addRequestLog(app, services.refusals)
  addDrain(app, services.drain)
  addGuard(app, services)
  // In a scope of its own, which is opened after the plugin that describes the routes.
  void app.register((scope, _options, done) => {
    for (const add of features) add(scope, services)
    done()
  })
  return app
}

/** Turns away what comes when the server has finished; LiveKit and load balancers try again elsewhere. */
function addDrain(app: FastifyInstance, drain: Drain): void {
  drain.watch(app.server)
  app.addHook('onRequest', (_request, reply, next) => {
    if (drain.phase() !== 'closed') return next()
    refuse(reply.headers({ connection: 'close', ...comeAgain }), stopping)
  })
}

function describeError(error: unknown, request: FastifyRequest): Failure {
  if (error instanceof Error && 'validation' in error) return fail('invalid', describeValidation(error))
  if (error instanceof Error && clientStatus(error) !== undefined) return fail('invalid', error.message)
  request.thrown = error
  return failedHere
}

/** The status that Fastify gives a request that it refuses itself, such as 413 or 415. */
function clientStatus(error: unknown): number | undefined {
  if (!(error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number')) return undefined
  return error.statusCode < 500 ? error.statusCode : undefined
}

function describeValidation(error: Error): string {
  return error.cause instanceof z.ZodError ? describeIssue(error.cause) : error.message
}
