import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { auditCheckSchema, auditEntrySchema, auditPageSchema, auditQuerySchema } from '#shared/contract/http-audit.ts'
import { fail } from '#shared/domain/failure.ts'
import type { ExportFormat } from '#server/audit/audit-export.ts'
import { readAfter, type AuditFilter } from '#server/audit/audit-search.ts'
import { operatorOf } from '../guard.ts'
import { failures, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

/** How many targets of an entry a page shows; an export shows all. */
const TARGETS = 20

const contentTypes = { csv: 'text/csv; charset=utf-8; header=present', json: 'application/json; charset=utf-8' } as const satisfies Record<
  ExportFormat,
  string
>

/** What operators did: page by page, or all of it as a file; and whether it is as it was written. */
export function addAuditRoutes(instance: FastifyInstance, { audit }: Pick<Services, 'audit'>): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const tags = ['audit']

  app.get(
    '/api/audit',
    {
      config: { who: 'read_audit' },
      exposeHeadRoute: false,
      schema: {
        tags,
        summary: 'What operators did, newest first; format=csv or json answers all of it as a file, and is in the audit itself',
        querystring: auditQuerySchema,
        response: {
          200: {
            content: {
              'application/json': { schema: z.union([auditPageSchema, z.array(auditEntrySchema)]) },
              'text/csv': { schema: z.string() },
            },
          },
          ...failures,
        },
      },
    },
    async (request, reply) => {
      const { format, limit, after, ...filter } = request.query
      const before = readAfter(after)
      if (!before.ok) return withStatus(reply, before)
      try {
        if (format !== undefined) return await sendExport(request, reply, filter, format)
        const { entries, next } = await audit.search(filter, { before: before.value, limit, targets: TARGETS })
        return { entries: [...entries], ...(next === null ? {} : { next: String(next) }) }
      } catch (error) {
        return withStatus(reply, fail('unavailable', audit.describe(error)))
      }
    },
  )
  app.get(
    '/api/audit/check',
    {
      config: { who: 'manage_operators' },
      schema: {
        tags,
        summary: 'Walks the whole chain: whether every row follows from the one before',
        response: { 200: auditCheckSchema, ...failures },
      },
    },
    async (_request, reply) => {
      try {
        return await audit.verify()
      } catch (error) {
        return withStatus(reply, fail('unavailable', audit.describe(error)))
      }
    },
  )

  /** What was there when it was asked for. */
  async function sendExport(
    request: FastifyRequest,
    reply: FastifyReply,
    filter: AuditFilter,
    format: ExportFormat,
  ): Promise<FastifyReply> {
    const { seq } = await audit.head()
    const { target, ...others } = filter
    await audit.note(
      {
        actionId: null,
        operator: operatorOf(request),
        type: 'export_audit',
        room: null,
        identities: target === undefined ? [] : [target],
        reason: null,
        text: JSON.stringify({ format, ...others }),
      },
      null,
    )
    return reply
      .headers({
        'content-type': contentTypes[format],
        'content-disposition': `attachment; filename="audit-${new Date().toISOString().slice(0, 10)}.${format}"`,
        'cache-control': 'no-store',
      })
      .send(Readable.from(audit.export(filter, format, seq + 1), { objectMode: false }))
  }
}
