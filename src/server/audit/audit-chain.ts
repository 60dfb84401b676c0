import { createHash, randomBytes } from 'node:crypto'
import type { AuditRowsTable, AuditTargetsTable } from '#server/records/tables/audit-tables.ts'

/** What the hashes are made of; another form of it needs another name. */
const FORM = 'usher-audit-1'

/** The hash before the first row. */
export const CHAIN_START = ''

/** The hash of a row: of every field, and of the hash before it. People are in it by their random ids and texts by their digest, so both can be erased. */
export function rowHash(row: Omit<AuditRowsTable, 'hash'>, previous: string): string {
  return sha256(
    JSON.stringify([
      FORM,
      row.seq,
      row.at,
      row.step,
      row.action_id,
      row.entry,
      row.instance,
      row.operator,
      row.role,
      row.type,
      row.room,
      row.measure_id,
      row.result,
      row.code,
      row.detail,
      row.targets_digest,
      row.text_digest,
      previous,
    ]),
  )
}

/** Of those a row is about, in their order. */
export function targetsDigest(targets: readonly Pick<AuditTargetsTable, 'person_id' | 'ok' | 'code' | 'detail'>[]): string {
  return sha256(JSON.stringify(targets.map(({ person_id, ok, code, detail }) => [person_id, ok, code, detail])))
}

export function textDigest(salt: string, text: string): string {
  return sha256(salt + text)
}

export function createSalt(): string {
  return randomBytes(16).toString('hex')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
