import type { Kysely } from 'kysely'
import { errorCodeSchema, errorDetailSchema, fail, type Failure } from '#shared/domain/failure.ts'
import type { ActionResult, TargetResult } from '#shared/domain/action.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { readText, withIdentity, type AuditText } from './audit-text.ts'

/** What the audit knows of an action: that it began, and what came of it, if anything. */
export type KnownAction = {
  readonly operator: string
  readonly instance: string
  readonly at: number
  readonly result: ActionResult | null
}

/** Who was erased has no identity any more. */
const ERASED = ''

/** Null for an action that never began. What was erased is missing in its result. Throws what the database says. */
export async function findAction(queries: Kysely<DatabaseSchema>, actionId: string): Promise<KnownAction | null> {
  const rows = await queries.selectFrom('audit_rows').selectAll().where('action_id', '=', actionId).execute()
  const intent = rows.find(({ step }) => step === 'intent')
  if (!intent) return null
  const { operator, instance, at } = intent
  const outcome = rows.find(({ step }) => step === 'outcome')
  if (!outcome) return { operator, instance, at, result: null }
  const targets = await queries
    .selectFrom('audit_targets')
    .leftJoin('people', 'people.id', 'audit_targets.person_id')
    .select(['people.identity', 'audit_targets.ok', 'audit_targets.code', 'audit_targets.detail'])
    .where('audit_targets.seq', '=', outcome.seq)
    .orderBy('audit_targets.position')
    .execute()
  const stored = await queries.selectFrom('audit_texts').select('text').where('seq', '=', outcome.seq).executeTakeFirst()
  const text = readText(stored?.text)
  // An action that was not taken up has no target in its outcome.
  if (outcome.code !== null && targets.length === 0)
    return { operator, instance, at, result: { ...failureOf(outcome, text.why ?? 'what was said of it was erased'), actionId } }
  const measureId = outcome.measure_id === null ? {} : { measureId: outcome.measure_id }
  return {
    operator,
    instance,
    at,
    result: {
      ok: true,
      actionId,
      at: outcome.at,
      targets: targets.map((target, position) => resultOf(target, position, text)),
      ...measureId,
    },
  }
}

type StoredFailure = { readonly code: string | null; readonly detail: string | null }
type StoredTarget = StoredFailure & { readonly identity: string | null; readonly ok: number | null }

function resultOf({ identity, ok, ...failure }: StoredTarget, position: number, { messages }: AuditText): TargetResult {
  const said = messages?.[position] ?? null
  const message = said === null ? {} : { message: withIdentity(said, identity) }
  const { code, detail } = failureOf(failure, '')
  return {
    identity: identity ?? ERASED,
    ok: ok === 1,
    ...(failure.code === null ? {} : { code }),
    ...(detail === undefined ? {} : { detail }),
    ...message,
  }
}

/** A code that only another version knows is one that failed. */
function failureOf({ code, detail }: StoredFailure, message: string): Failure {
  return fail(
    errorCodeSchema.catch('internal').parse(code),
    message,
    errorDetailSchema
      .optional()
      .catch(undefined)
      .parse(detail ?? undefined),
  )
}
