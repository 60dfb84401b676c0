import { randomUUID } from 'node:crypto'
import type { AuditResult } from '#shared/contract/http-audit.ts'
import type { ActionResult, TargetResult } from '#shared/domain/action.ts'
import type { ErrorCode, ErrorDetail, Failure } from '#shared/domain/failure.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { storable } from '#server/people/search-words.ts'
import { createSalt } from './audit-chain.ts'
import { withoutIdentity, writeText, type AuditText } from './audit-text.ts'
import type { AuditIntent } from './audit.ts'

/** Of one action there is one row of each step at the most. */
export type AuditStep = 'intent' | 'outcome' | 'note'

/** How something ended, as a row says it. */
export type AuditEnd = Exclude<AuditResult, 'running' | 'unknown'>

type DraftTarget = {
  readonly identity: string
  readonly ok: boolean | null
  readonly code: ErrorCode | null
  readonly detail: ErrorDetail | null
}

/** A row that has no place in the chain yet. `at` in ms; `text` as it is stored, empty where there is nothing to say. The salt is this draft's own, so it tells whether a row came of it. */
export type AuditDraft = {
  readonly at: number
  readonly step: AuditStep
  readonly actionId: string
  readonly operator: string
  readonly role: string
  readonly type: string
  readonly room: string | null
  readonly measureId: string | null
  readonly result: AuditEnd | null
  readonly code: ErrorCode | null
  readonly detail: ErrorDetail | null
  readonly targets: readonly DraftTarget[]
  readonly salt: string
  readonly text: string
}

/** What a row says beside who asked for what. */
type Said = Pick<AuditDraft, 'at' | 'step' | 'result' | 'code' | 'detail' | 'targets'> & {
  readonly measureId?: string | undefined
  readonly text: AuditText
}
type Asked = Omit<AuditIntent, 'actionId'> & { readonly actionId: string | null }

/** That something begins. */
export function intentDraft(intent: AuditIntent, at: number): AuditDraft {
  return draft(intent, {
    at,
    step: 'intent',
    result: null,
    ...nothingWrong,
    targets: intent.identities.map((identity) => ({ identity, ok: null, ...nothingWrong })),
    text: askedText(intent),
  })
}

/** What came of it. */
export function outcomeDraft(intent: AuditIntent, result: ActionResult, at: number): AuditDraft {
  if (!result.ok) {
    const { code, detail = null, message } = result
    return draft(intent, { at, step: 'outcome', result: endOf(result), code, detail, targets: [], text: { why: message } })
  }
  const { targets, measureId } = result
  const failed = targets.filter(({ ok }) => !ok)
  const messages = targets.map(({ identity, message }) => (message === undefined ? null : withoutIdentity(message, identity)))
  return draft(intent, {
    at: result.at,
    step: 'outcome',
    result: failed.length === 0 ? 'done' : failed.length < targets.length ? 'partly' : 'failed',
    ...sharedBy(failed),
    targets: targets.map(({ identity, ok, code = null, detail = null }) => ({ identity, ok, code, detail })),
    measureId,
    text: messages.some((message) => message !== null) ? { messages } : {},
  })
}

/** What was refused, or done at once. */
export function noteDraft(asked: Asked, failure: Failure | null, at: number): AuditDraft {
  const { code = null, detail = null } = failure ?? {}
  return draft(asked, {
    at,
    step: 'note',
    result: failure ? endOf(failure) : 'done',
    code,
    detail,
    targets: asked.identities.map((identity) => ({ identity, ok: failure === null, ...nothingWrong })),
    text: { ...askedText(asked), ...(failure ? { why: failure.message } : {}) },
  })
}

/** The same note under an id of its own: another one of its action is there already, and no attempt is left out. */
export function apart(note: AuditDraft): AuditDraft {
  return { ...note, actionId: randomUUID() }
}

function draft(asked: Asked, { text, measureId = asked.measureId, ...said }: Said): AuditDraft {
  const { operator, type, room } = asked
  return {
    ...said,
    actionId: asked.actionId === null ? randomUUID() : storable(asked.actionId),
    operator: storable(operator.name),
    role: operator.role,
    type,
    room: room === null ? null : storable(room),
    measureId: measureId === undefined ? null : storable(measureId),
    salt: createSalt(),
    text: writeText(text),
  }
}

const nothingWrong = { code: null, detail: null } as const

function askedText({ reason, text }: Asked): AuditText {
  return { ...(reason === null ? {} : { reason }), ...(text === null ? {} : { text }) }
}

/** What all that failed have in common, where they have. */
function sharedBy(failed: readonly TargetResult[]): Pick<AuditDraft, 'code' | 'detail'> {
  const [first] = failed
  const isShared = failed.every(({ code, detail }) => code === first?.code && detail === first?.detail)
  return first && isShared ? { code: first.code ?? null, detail: first.detail ?? null } : nothingWrong
}

/** Whether it was not taken up, or was tried and went wrong. */
function endOf({ code }: Failure): AuditEnd {
  switch (code) {
    case 'unauthorized':
    case 'forbidden':
    case 'not_found':
    case 'invalid':
    case 'rate_limited':
    case 'conflict':
      return 'refused'
    case 'unavailable':
    case 'unsupported':
    case 'internal':
      return 'failed'
    default:
      return assertNever(code, 'code')
  }
}
