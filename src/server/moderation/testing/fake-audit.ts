import type { ActionResult } from '#shared/domain/action.ts'
import { fail, succeed, type Failure } from '#shared/domain/failure.ts'
import type { Audit, AuditIntent, Begun } from '#server/audit/audit.ts'

/** An audit in memory that can be away, and knows what it is told of earlier lives. */
export type FakeAudit = Audit & {
  readonly lines: string[]
  readonly intents: AuditIntent[]
  readonly known: Map<string, Begun>
  readonly results: Map<string, ActionResult>
  setAway: (away: boolean) => void
}

export function createFakeAudit(): FakeAudit {
  const lines: string[] = []
  const intents: AuditIntent[] = []
  const known = new Map<string, Begun>()
  const results = new Map<string, ActionResult>()
  let isAway = false
  return {
    lines,
    intents,
    known,
    results,
    setAway: (away) => (isAway = away),
    begin(intent) {
      if (isAway) return Promise.resolve(fail('unavailable', 'the database is away: nothing was done'))
      const before = known.get(intent.actionId)
      if (before) return Promise.resolve(succeed(before))
      lines.push(`begin ${intent.type}`)
      intents.push(intent)
      known.set(intent.actionId, { kind: 'running' })
      return Promise.resolve(succeed({ kind: 'begun' }))
    },
    end(intent, result) {
      lines.push(`end ${intent.type} ${describe(result)}`)
      results.set(intent.actionId, result)
      known.set(intent.actionId, { kind: 'known', result })
      return Promise.resolve()
    },
    note(intent, failure: Failure | null) {
      lines.push(`note ${intent.type} ${failure?.code ?? 'done'}`)
      return Promise.resolve()
    },
  }
}

function describe(result: ActionResult): string {
  if (!result.ok) return result.detail ?? result.code
  return result.targets.every(({ ok }) => ok) ? 'done' : 'failed'
}
