import type { RouteOptions } from 'fastify'
import { pino } from 'pino'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createSampledLog } from '#server/logging/sampled-log.ts'
import { createMetrics } from '#server/metrics/metrics.ts'
import { createDrain } from './drain.ts'
import { createHttp } from './http.ts'
import type { Services } from './services.ts'

const operationSchema = z.looseObject({
  operationId: z.string(),
  tags: z.array(z.string()).min(1),
  summary: z.string().min(1),
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        in: z.enum(['path', 'query', 'header']),
        required: z.boolean().optional(),
        schema: z.looseObject({}),
      }),
    )
    .optional(),
  requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.looseObject({}) })) }).optional(),
  responses: z.record(
    z.string().regex(/^([1-5]\d\d|[1-5]XX)$/),
    z.looseObject({ description: z.string(), content: z.record(z.string(), z.looseObject({ schema: z.looseObject({}) })).optional() }),
  ),
  security: z.array(z.record(z.string(), z.array(z.string()))),
})
const documentSchema = z.looseObject({
  openapi: z.literal('3.1.0'),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  components: z.looseObject({
    schemas: z.record(z.string(), z.looseObject({})),
    securitySchemes: z.record(z.string(), z.looseObject({ type: z.string() })),
  }),
  paths: z.record(z.string().startsWith('/'), z.record(z.enum(['get', 'put', 'post', 'delete', 'patch']), operationSchema.optional())),
})

/** The routes of the public contract that this server has; each must be described. */
const contract = [
  'POST /api/livekit-webhook',
  'POST /api/webhooks/livekit',
  'POST /api/livekit/webhook',
  'GET /api/rooms',
  'GET /api/rooms/{room}',
  'GET /api/livekit/participants',
  'POST /api/observe',
  'GET /api/sync-rooms',
  'POST /api/sync-rooms',
  'GET /api/check-match',
  'POST /broadcast',
  'GET /api/events',
  'POST /api/events/ticket',
  'POST /api/actions',
  'GET /api/operators',
  'POST /api/operators',
  'GET /api/usage',
  'GET /api/livekit/token',
  'POST /api/livekit/token',
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
  'GET /openapi.json',
]

describe('the OpenAPI document', () => {
  const routes: RouteOptions[] = []
  let answered: unknown
  let document: z.infer<typeof documentSchema>

  beforeAll(async () => {
    const log = pino({ enabled: false })
    // Routes are described without being called.
    const services = { metrics: createMetrics(), refusals: createSampledLog(log), drain: createDrain() } as unknown as Services
    const app = createHttp(services, log)
    app.addHook('onRoute', (route) => void routes.push(route))
    const answer = await app.inject('/openapi.json')
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    answered = answer.json()
    await app.close()
  })

  function operations() {
    return Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        operation ? [{ name: `${method.toUpperCase()} ${path}`, path, operation }] : [],
      ),
    )
  }

  it('is one of version 3.1, whole', () => {
    document = documentSchema.parse(answered)
    expect(operations().length).toBeGreaterThan(10)
  })

  it('holds each route of the server and of the contract, and nothing else', () => {
    const added = routes.flatMap(({ method, url }) => [method].flat().map((name) => `${name} ${url.replaceAll(/:(\w+)/g, '{$1}')}`))
    const described = operations().map(({ name }) => name)
    expect(described.toSorted()).toEqual(added.filter((name) => !name.startsWith('HEAD ')).toSorted())
    expect(contract.filter((name) => !described.includes(name))).toEqual([])
  })

  it('names each operation once, with its path parameters, who may, and what a failure looks like', () => {
    const ids = operations().map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { name, path, operation } of operations()) {
      const route = routes.find(({ url, method }) => `${String(method)} ${url.replaceAll(/:(\w+)/g, '{$1}')}` === name)
      const who = route?.config?.who
      const failures = Object.entries(operation.responses).filter(([status]) => /^[45]/.test(status))
      const told = {
        name,
        inPath: (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name),
        schemes: operation.security.flatMap((each) => Object.keys(each)),
        who: operation['x-who'],
        failures: failures.length > 0 && failures.every(([, { content }]) => isFailure(JSON.stringify(content))),
      }
      expect(told).toEqual({
        name,
        inPath: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]),
        schemes: who === 'open' ? [] : [who === 'livekit' ? 'livekit' : 'operator'],
        who,
        failures: true,
      })
    }
    expect(Object.keys(document.components.securitySchemes)).toEqual(['operator', 'livekit'])
  })

  it('refers only to what it holds, in the types of JSON Schema 2020-12', () => {
    const types = new Set(['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'])
    const problems: string[] = []
    const visit = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return
      for (const [key, child] of Object.entries(value)) {
        const here = `${at}/${key}`
        const isName = /\/(properties|patternProperties|schemas|securitySchemes|paths)$/.test(at)
        if (key === '$ref' && !isName && !resolves(document, child)) problems.push(`${here}: ${String(child)}`)
        if (key === 'type' && !isName && !at.includes('securitySchemes') && ![child].flat().every((type) => types.has(String(type))))
          problems.push(here)
        if (
          ['nullable', 'example', '$schema', '$id', 'definitions', 'exclusiveMinimum'].includes(key) &&
          !isName &&
          typeof child !== 'number'
        )
          problems.push(here)
        visit(child, here)
      }
    }
    visit(document, '')
    expect(problems).toEqual([])
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Failure', 'Participant', 'RoomDetail', 'RoomSummary']),
    )
  })
})

/** A refused action says which one it was, too. */
function isFailure(content: string): boolean {
  return content.includes('#/components/schemas/Failure') || /"required":\["ok","code","message","actionId"\]/.test(content)
}

function resolves(document: object, reference: unknown): boolean {
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return false
  let found: unknown = document
  for (const part of reference.slice(2).split('/'))
    found = typeof found === 'object' && found !== null ? Reflect.get(found, part) : undefined
  return typeof found === 'object'
}
