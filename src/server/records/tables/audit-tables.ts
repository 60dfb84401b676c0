/**
 * The audit: rows are added and never changed. `step`: `intent` before something is done, `outcome` after it, `note` for what is told at once (a refusal, what isn't done at LiveKit). Of
 * one `action_id` there is one of each at the most. The digests are of what lies in `audit_targets` and `audit_texts`; `hash` is of this row and of the hash before it.
 */
export type AuditRowsTable = {
  readonly seq: number
  readonly at: number
  readonly step: string
  /** of a note that belongs to no action: an id of its own, so that writing it once more is noticed */
  readonly action_id: string
  /** `seq` of the row that began it: of an outcome that of its intent, of any other row its own */
  readonly entry: number
  /** which run of which server wrote it */
  readonly instance: string
  readonly operator: string
  readonly role: string
  readonly type: string
  readonly room: string | null
  readonly measure_id: string | null
  /** null with an intent */
  readonly result: string | null
  readonly code: string | null
  readonly detail: string | null
  readonly targets_digest: string
  readonly text_digest: string
  readonly hash: string
}

/** Whom a row is about, by the random id of `people`. `ok` is 0, 1, or null where that isn't known. */
export type AuditTargetsTable = {
  readonly seq: number
  readonly position: number
  readonly person_id: string
  readonly ok: number | null
  readonly code: string | null
  readonly detail: string | null
}

/** The free text of a row (JSON), and the salt of its digest: without it nobody can guess an erased text. */
export type AuditTextsTable = {
  readonly seq: number
  readonly salt: string
  readonly text: string
}

/** The one row that says where the chain ends. */
export type AuditHeadTable = {
  readonly only: number
  readonly seq: number
  readonly hash: string
}
