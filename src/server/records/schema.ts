import type { AuditHeadTable, AuditRowsTable, AuditTargetsTable, AuditTextsTable } from './tables/audit-tables.ts'
import type { MeasureEffectsTable, MeasuresTable } from './tables/measure-tables.ts'
import type { NotesTable, ParticipantsTable, PeopleTable, PersonWordsTable } from './tables/people-tables.ts'
import type {
  ObservedSpansTable,
  ParticipantSessionsTable,
  QualityChangesTable,
  RecordCursorTable,
  RoomSessionsTable,
  SpeakingIntervalsTable,
} from './tables/session-tables.ts'

/** The tables, as queries see them. Times are UTC milliseconds; both dialects give them as numbers. A migration changes them, never a query. */
export type DatabaseSchema = {
  readonly database_identity: DatabaseIdentityTable
  readonly operators: OperatorsTable
  readonly service_settings: ServiceSettingsTable
  readonly people: PeopleTable
  readonly person_words: PersonWordsTable
  readonly participants: ParticipantsTable
  readonly notes: NotesTable
  readonly room_sessions: RoomSessionsTable
  readonly participant_sessions: ParticipantSessionsTable
  readonly observed_spans: ObservedSpansTable
  readonly speaking_intervals: SpeakingIntervalsTable
  readonly quality_changes: QualityChangesTable
  readonly record_cursor: RecordCursorTable
  readonly measures: MeasuresTable
  readonly measure_effects: MeasureEffectsTable
  readonly audit_rows: AuditRowsTable
  readonly audit_targets: AuditTargetsTable
  readonly audit_texts: AuditTextsTable
  readonly audit_head: AuditHeadTable
}

/** At most one row: what tells this database from every other. */
type DatabaseIdentityTable = {
  readonly only: number
  readonly id: string
}

/**
 * One row for each token that was ever issued: a name that is used again gets a new row, so the rows of the old one stay what they were. Of
 * the rows of one name at most one isn't revoked.
 */
type OperatorsTable = {
  readonly id: string
  readonly name: string
  readonly role: string
  /** SHA-256 of the token, base64url */
  readonly token_hash: string
  readonly created_at: number
  /** who issued it: an operator's name, or the command line */
  readonly created_by: string
  readonly expires_at: number | null
  readonly last_used_at: number | null
  readonly revoked_at: number | null
}

/** One row for each kind of settings; none where nobody has changed them. */
type ServiceSettingsTable = {
  readonly key: string
  /** JSON */
  readonly value: string
  /** rises by one with each change, from 1 */
  readonly revision: number
  readonly changed_at: number
  /** an operator's name */
  readonly changed_by: string
}
