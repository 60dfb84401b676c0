import swagger, { type SwaggerTransform } from '@fastify/swagger'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { PROTOCOL } from '#shared/contract/socket.ts'
import { failureSchema } from '#shared/domain/failure.ts'
import { feedEventSchema } from '#shared/domain/feed-event.ts'
import { participantSchema } from '#shared/domain/participant.ts'
import { roomDetailSchema, roomSummarySchema } from '#shared/domain/room.ts'
import type { Who } from './guard.ts'

/** The shapes of the contract that have a name there. */
const named = z.registry<{ readonly id: string }>()
named.add(failureSchema, { id: 'Failure' })
named.add(participantSchema, { id: 'Participant' })
named.add(roomSummarySchema, { id: 'RoomSummary' })
named.add(roomDetailSchema, { id: 'RoomDetail' })
named.add(feedEventSchema, { id: 'FeedEvent' })

const toJsonSchema = createJsonSchemaTransform({ schemaRegistry: named })
const addComponents = createJsonSchemaTransformObject({ schemaRegistry: named })

/** Describes every route that is added after it, in the OpenAPI document that `app.swagger()` answers once the app is ready. */
export function addOpenapi(app: FastifyInstance): void {
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: "Usher's sync server",
        version: `${PROTOCOL}.0.0`,
        description: 'Who is in which LiveKit room, live. Failures are {ok: false, code, message, detail?} with the fitting status.',
      },
      components: {
        securitySchemes: {
          operator: { type: 'http', scheme: 'bearer', description: "An operator's token, or the service's." },
          livekit: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description:
              'A JWT, without "Bearer", signed with the secret of the LiveKit API key; its claim `sha256` is that of the raw body.',
          },
        },
      },
    },
    convertConstToEnum: false,
    transform: describeRoute,
    transformObject: (document) => withoutUnused(addComponents(document)),
  })
}

const describeRoute: SwaggerTransform = (described) => {
  const { route } = described
  const { schema, url } = toJsonSchema(described)
  const who = route.config?.who
  const more = who === 'livekit' ? webhook : {}
  return { url, schema: { ...schema, ...more, operationId: operationIdOf(route), security: securityOf(who), ...whoMayOf(who) } }
}

/** What a webhook looks like; the route itself takes bytes, because the signature is over them. */
const webhook = {
  consumes: ['application/webhook+json'],
  body: {
    type: 'object',
    description: "LiveKit's `WebhookEvent` as protocol JSON.",
    properties: { event: { type: 'string' }, id: { type: 'string' } },
  },
  response: {
    200: { type: 'object', description: 'It is stored, or tells nothing new.', properties: { ok: { const: true } }, required: ['ok'] },
    401: { ...failure('The signature is wrong or missing; nothing changed.') },
    413: { ...failure('The body is larger than 1 MB.') },
    503: { ...failure('It could not be stored within a second; `Retry-After` says when to send it again.') },
  },
} as const satisfies FastifySchema

function failure(description: string) {
  return { description, type: 'object', allOf: [{ $ref: '#/components/schemas/Failure' }] } as const
}

/** `GET /api/sync-rooms/:room` -> `get_api_syncRooms_room`: no two paths become one. */
function operationIdOf({ method, url }: RouteOptions): string {
  const segments = url
    .split('/')
    .map((segment) => segment.replace(/^:/, '').replaceAll(/[^a-z0-9]+(\w)?/gi, (_all, next: string = '') => next.toUpperCase()))
  return [String(method).toLowerCase(), ...segments.filter((segment) => segment !== '')].join('_')
}

function securityOf(who: Who | undefined): NonNullable<FastifySchema['security']> {
  if (who === 'open' || who === undefined) return []
  return [{ [who === 'livekit' ? 'livekit' : 'operator']: [] }]
}

/** The capability that the route asks for, as an extension that tools pass over. */
function whoMayOf(who: Who | undefined): object {
  return who === undefined ? {} : { 'x-who': who }
}

/** A shape has one form for what comes in and one for what goes out; only what is referred to is kept. */
function withoutUnused<D extends object>(document: D): D {
  const { components } = z.object({ components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }) }).parse(document)
  const schemas = new Map(Object.entries(components.schemas))
  const used = new Set<string>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, child] of Object.entries(value)) {
      const name = key === '$ref' && typeof child === 'string' ? child.replace('#/components/schemas/', '') : null
      if (name === null) visit(child)
      else if (!used.has(name)) {
        used.add(name)
        visit(schemas.get(name))
      }
    }
  }
  visit('paths' in document ? document.paths : null)
  const kept = Object.fromEntries([...schemas].filter(([name]) => used.has(name)))
  return { ...document, components: { ...components, schemas: kept } }
}
