import { setImmediate as turn } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { AuditCheck } from '#shared/contract/http-audit.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import type { AuditRowsTable, AuditTargetsTable, AuditTextsTable } from '#server/records/tables/audit-tables.ts'
import { countTargets, upTo } from './audit-entries.ts'
import { CHAIN_START, rowHash, targetsDigest, textDigest } from './audit-chain.ts'

/** How many rows, and how many targets of theirs beyond those of one row, are read at once: a check takes as much memory as that, however long the chain. */
const PAGE = 500
const TARGETS = 5000

/** What a check of the chain found. `isExpectedThere`: whether the hash that was asked for is in the chain. */
export type AuditVerdict = AuditCheck & { readonly isExpectedThere: boolean }

/**
 * Walks the chain from its first row, and finds the first that doesn't follow from the one before: changed, removed, put between, or with other targets or another text; and an end that
 * doesn't fit. A text that is gone was erased, and that is allowed. `expected`: a hash that was noted elsewhere, which tells whether the end was cut off. What is added meanwhile is
 * checked, too. Throws what the database says.
 */
export async function verifyAudit(queries: Kysely<DatabaseSchema>, expected: string | null = null): Promise<AuditVerdict> {
  let rows = 0
  let hash = CHAIN_START
  let isExpectedThere = expected === null
  const verdict = (broken: { readonly at: number; readonly why: string } | null): AuditVerdict => ({
    ok: broken === null,
    rows,
    newestHash: hash === CHAIN_START ? null : hash,
    brokenAt: broken?.at ?? null,
    why: broken?.why ?? null,
    isExpectedThere,
  })

  for (;;) {
    const page = await readPage(queries, rows === 0 ? Number.MIN_SAFE_INTEGER : rows)
    for (const { row, targets, text } of page) {
      const why = whyBroken(row, targets, text, rows + 1, hash)
      if (why !== null) return verdict({ at: Math.min(row.seq, rows + 1), why })
      rows += 1
      hash = row.hash
      isExpectedThere ||= hash === expected
    }
    if (page.length === 0) {
      const end = await readEnd(queries)
      if (end === undefined) return verdict({ at: rows, why: 'the end of the chain is missing (table audit_head)' })
      if (end.last === rows || end.last === null) {
        if (end.seq === rows && end.hash === hash) return verdict(null)
        return verdict({ at: rows + 1, why: `the chain ends with row ${rows}, and should end with row ${end.seq}` })
      }
    }
    // A database in this process answers without letting anything else run.
    await turn()
  }
}

type Read = { readonly row: AuditRowsTable; readonly targets: readonly AuditTargetsTable[]; readonly text: AuditTextsTable | undefined }

async function readPage(queries: Kysely<DatabaseSchema>, after: number): Promise<readonly Read[]> {
  const found = await queries.selectFrom('audit_rows').selectAll().where('seq', '>', after).orderBy('seq').limit(PAGE).execute()
  const counts = await countTargets(
    queries,
    found.map(({ seq }) => seq),
  )
  const rows = upTo(TARGETS, found, ({ seq }) => counts.get(seq) ?? 0)
  const last = rows.at(-1)?.seq
  if (last === undefined) return []
  const beside = { after, last }
  const targets = Map.groupBy(await readTargets(queries, beside), ({ seq }) => seq)
  const texts = new Map((await readTexts(queries, beside)).map((text) => [text.seq, text]))
  return rows.map((row) => ({ row, targets: targets.get(row.seq) ?? [], text: texts.get(row.seq) }))
}

type Range = { readonly after: number; readonly last: number }

function readTargets(queries: Kysely<DatabaseSchema>, { after, last }: Range) {
  return queries
    .selectFrom('audit_targets')
    .selectAll()
    .where('seq', '>', after)
    .where('seq', '<=', last)
    .orderBy('seq')
    .orderBy('position')
    .execute()
}

function readTexts(queries: Kysely<DatabaseSchema>, { after, last }: Range) {
  return queries.selectFrom('audit_texts').selectAll().where('seq', '>', after).where('seq', '<=', last).execute()
}

/** Where the chain is said to end, and the newest row there is: in one statement, so that they belong together. */
function readEnd(queries: Kysely<DatabaseSchema>) {
  return queries
    .selectFrom('audit_head')
    .select(['seq', 'hash'])
    .select((select) =>
      select
        .selectFrom('audit_rows')
        .select(({ fn }) => fn.max('audit_rows.seq').as('last'))
        .as('last'),
    )
    .executeTakeFirst()
}

function whyBroken(
  { hash, ...row }: AuditRowsTable,
  targets: readonly AuditTargetsTable[],
  text: AuditTextsTable | undefined,
  expectedSeq: number,
  previous: string,
): string | null {
  if (row.seq < expectedSeq) return `row ${row.seq} was put before the first`
  if (row.seq > expectedSeq) return `row ${expectedSeq} is missing`
  if (rowHash(row, previous) !== hash)
    return `row ${row.seq} was changed, put there or taken from elsewhere: its hash doesn't follow from row ${row.seq - 1}`
  // Their places aren't in the digest, and pages show the first of them.
  const isInPlace = targets.every(({ position }, index) => position === index)
  if (!isInPlace || targetsDigest(targets) !== row.targets_digest) return `those that row ${row.seq} is about were changed`
  if (text && textDigest(text.salt, text.text) !== row.text_digest) return `the text of row ${row.seq} was changed`
  return null
}
