import { z } from 'zod'
import { actionTypeSchema } from '../domain/action.ts'
import { errorCodeSchema, errorDetailSchema } from '../domain/failure.ts'
import { operatorSchema } from '../domain/operator.ts'

/** What is in the audit beside the actions: what else an operator does that somebody may have to explain. */
export const auditTypeSchema = z.enum([
  ...actionTypeSchema.options,
  'listen',
  'watch',
  'change_settings',
  'add_operator',
  'revoke_operator',
  'add_note',
  'invite',
  'erase_person',
  'export_audit',
])
export type AuditType = z.infer<typeof auditTypeSchema>

/**
 * How it ended. `partly`: some targets failed. `refused`: it was not taken up. `running`: it began moments ago. `unknown`: it began, and the server that did it died before it
 * could say what came of it.
 */
export const auditResultSchema = z.enum(['done', 'partly', 'failed', 'refused', 'running', 'unknown'])
export type AuditResult = z.infer<typeof auditResultSchema>

/** What became of one of those it was about. `identity` is null where that person was erased. */
export const auditTargetSchema = z.object({
  identity: z.string().nullable(),
  ok: z.boolean().nullable(),
  code: errorCodeSchema.optional(),
  detail: errorDetailSchema.optional(),
})
export type AuditTarget = Readonly<z.infer<typeof auditTargetSchema>>

/**
 * One thing that an operator asked for. `seq` orders them; `hash` is that of its row in the chain. `targets`: at most 20 of `targetCount`. `reason` and `text` (a message, metadata,
 * a note, what else it said) are null where they were erased. `why`: one line, where it was refused or failed.
 */
export const auditEntrySchema = z.object({
  seq: z.number().int(),
  at: z.number(),
  endedAt: z.number().nullable(),
  operator: z.string(),
  role: operatorSchema.shape.role,
  type: z.string(),
  actionId: z.string().nullable(),
  room: z.string().nullable(),
  targets: z.array(auditTargetSchema),
  targetCount: z.number().int(),
  reason: z.string().nullable(),
  text: z.string().nullable(),
  result: auditResultSchema,
  code: errorCodeSchema.nullable(),
  detail: errorDetailSchema.nullable(),
  why: z.string().nullable(),
  measureId: z.string().nullable(),
  hash: z.string(),
})
export type AuditEntry = Readonly<z.infer<typeof auditEntrySchema>>

const time = z.coerce.number().int().nonnegative()

/** `target`: an identity. `after`: the `next` of the page before. `from`, `to` in ms, the first included and the second not. */
export const auditQuerySchema = z.object({
  operator: z.string().max(512).optional(),
  target: z.string().max(512).optional(),
  room: z.string().max(512).optional(),
  type: auditTypeSchema.optional(),
  result: auditResultSchema.optional(),
  from: time.optional(),
  to: time.optional(),
  after: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  format: z.enum(['csv', 'json']).optional(),
})
export type AuditQuery = z.input<typeof auditQuerySchema>

/** Newest first. */
export const auditPageSchema = z.object({ entries: z.array(auditEntrySchema), next: z.string().optional() })
export type AuditPage = Readonly<z.infer<typeof auditPageSchema>>

/** Whether every row of the chain follows from the one before. `brokenAt`: the first that doesn't. */
export const auditCheckSchema = z.object({
  ok: z.boolean(),
  rows: z.number().int(),
  newestHash: z.string().nullable(),
  brokenAt: z.number().int().nullable(),
  why: z.string().nullable(),
})
export type AuditCheck = Readonly<z.infer<typeof auditCheckSchema>>
