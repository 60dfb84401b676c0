import { z } from 'zod'
import { publishSourceSchema, type PublishSource } from './participant.ts'

const name = z.string().min(1).max(512)

/** What stays in force: nobody of that identity may be there, may not publish these sources, may nobody here, or nobody may be here at all. */
export const measureKindSchema = z.enum(['ban', 'deny_sources', 'lock', 'close'])
export type MeasureKind = z.infer<typeof measureKindSchema>

/** Whether it holds in one room or in all of them. */
export const measureScopeSchema = z.enum(['room', 'all'])
export type MeasureScope = z.infer<typeof measureScopeSchema>

/** Whom something for everybody leaves out: these people, and who has one of these roles in the room. */
export const exceptSchema = z.object({
  identities: z.array(name).optional(),
  roles: z.array(z.string().min(1).max(64)).optional(),
})
export type Except = Readonly<z.infer<typeof exceptSchema>>

/** One version of a measure: who made it so, when (ms), until when, and why. */
export const measureChangeSchema = z.object({
  revision: z.number().int(),
  at: z.number(),
  by: z.string(),
  until: z.number().nullable(),
  reason: z.string(),
})
export type MeasureChange = Readonly<z.infer<typeof measureChangeSchema>>

/**
 * Something that stays in force until a time (`until`, ms; null: until it is lifted). `room` is there where the scope is `room`, `identity` with `ban`
 * and `deny_sources`, `sources` with `deny_sources` and `lock`, `except` with `lock`. `by`, `at`: who imposed it and when. `changes`: its versions, oldest first.
 */
export const measureSchema = z.object({
  id: z.string(),
  kind: measureKindSchema,
  scope: measureScopeSchema,
  room: z.string().optional(),
  identity: z.string().optional(),
  sources: z.array(publishSourceSchema).optional(),
  except: exceptSchema.optional(),
  until: z.number().nullable(),
  reason: z.string(),
  by: z.string(),
  at: z.number(),
  revision: z.number().int(),
  liftedAt: z.number().optional(),
  liftedBy: z.string().optional(),
  changes: z.array(measureChangeSchema).optional(),
})
export type Measure = Readonly<z.infer<typeof measureSchema>>

/** Somebody, as a measure sees them; `role` is theirs in that room. */
export type Subject = { readonly identity: string; readonly room: string; readonly role: string }

/** Whether a measure is in force at a time (ms). */
export function isInForce({ until, liftedAt }: Pick<Measure, 'until' | 'liftedAt'>, now: number): boolean {
  return liftedAt === undefined && (until === null || until > now)
}

/** Whether a measure is about somebody in a room; whether it is in force is another question. */
export function concerns(measure: Measure, { identity, room, role }: Subject): boolean {
  if (measure.scope === 'room' && measure.room !== room) return false
  if (measure.kind === 'ban' || measure.kind === 'deny_sources') return measure.identity === identity
  return !isExempt(measure.except, { identity, role })
}

/** Whether somebody is left out of what is for everybody. */
export function isExempt(except: Except | undefined, { identity, role }: Pick<Subject, 'identity' | 'role'>): boolean {
  return (except?.identities?.includes(identity) ?? false) || (except?.roles?.includes(role) ?? false)
}

/** The sources that measures take away, in the contract's order and each once. */
export function deniedSources(measures: Iterable<Measure>): PublishSource[] {
  const denied = new Set<PublishSource>()
  for (const { kind, sources } of measures)
    if (kind === 'deny_sources' || kind === 'lock') for (const source of sources ?? []) denied.add(source)
  return publishSourceSchema.options.filter((source) => denied.has(source))
}
