import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { describeIssue, fail, type Failure } from '#shared/domain/failure.ts'
import { addGuard } from './guard.ts'
import { refuse } from './refuse.ts'
import { addHealthRoutes } from './routes/health-routes.ts'
import { addRoomsRoutes } from './routes/rooms-routes.ts'
import { addTokenRoutes } from './routes/token-routes.ts'
import { addWebhookRoutes } from './routes/webhook-routes.ts'
import type { Services } from './services.ts'

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
  addGuard(app, services.authenticate)
  addWebhookRoutes(app, services)
  addRoomsRoutes(app, services)
  addTokenRoutes(app, services)
  addHealthRoutes(app, services)
  return app
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
