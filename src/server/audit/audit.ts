import type { AuditType } from '#shared/contract/http-audit.ts'
import type { ActionResult } from '#shared/domain/action.ts'
import type { Failure, Result } from '#shared/domain/failure.ts'
import type { Operator } from '#shared/domain/operator.ts'

/** What somebody asks for. `text`: what it says beside the reason (a message, metadata, what was changed), for people to read. */
export type AuditIntent = {
  readonly actionId: string
  readonly operator: Operator
  readonly type: AuditType
  readonly room: string | null
  readonly identities: readonly string[]
  readonly reason: string | null
  readonly text: string | null
  readonly measureId?: string
}

/**
 * `begun`: now, so it is to be done. `known`: it was done before, and this came of it. `running`: this or another server is at it. `unknown`: it began, and the server that did it
 * died before it could say what came of it: it is never done again.
 */
export type Begun =
  | { readonly kind: 'begun' }
  | { readonly kind: 'known'; readonly result: ActionResult }
  | { readonly kind: 'running' }
  | { readonly kind: 'unknown' }

/** The audit, as those who write it see it (D6). */
export type Audit = {
  /** Writes that something begins, before it does. `unavailable`: it could not be written, so it is not to be done. */
  readonly begin: (intent: AuditIntent) => Promise<Result<Begun>>
  /** Writes what came of it; while the database is away it is tried until that is back. Resolves when it is written, or is known to wait. Never throws. */
  readonly end: (intent: AuditIntent, result: ActionResult) => Promise<void>
  /** Writes something that was refused, or that is done at once; like `end` it waits for the database. `failure` null: it was done. */
  readonly note: (intent: Omit<AuditIntent, 'actionId'> & { readonly actionId: string | null }, failure: Failure | null) => Promise<void>
}
