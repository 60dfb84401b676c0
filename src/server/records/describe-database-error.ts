import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { describeError } from '#shared/lib/describe-error.ts'

/** SQLite's result codes; the lowest byte of an extended one (https://www.sqlite.org/rescode.html). */
const sqliteCauses: Readonly<Record<number, string>> = {
  5: 'another program holds it for writing: end that program, or wait and try again',
  8: 'it may not be written by this user: check its owner and rights',
  10: 'the disk failed: check the disk',
  11: 'it is damaged: restore it from a backup',
  13: 'the disk is full: make room',
  14: 'it can be neither opened nor made: check the folder’s owner and rights (USHER_DATA_DIR)',
  26: 'it is no SQLite database: move it away, or name another folder (USHER_DATA_DIR)',
}

/** What a database or the way to it refused, as one line for a person: what went wrong, with what, what to do. The password is not in it. */
export function describeDatabaseError(settings: DatabaseSettings, error: unknown): string {
  switch (settings.kind) {
    case 'postgres':
      return describePostgresError(new URL(settings.url), error)
    case 'sqlite':
      return describeSqliteError(settings.file, error)
    case 'memory':
      return `the records in memory failed: ${oneLine(error)}`
    default:
      return assertNever(settings, 'database')
  }
}

function describeSqliteError(file: string, error: unknown): string {
  const what = `can't use the database file ${file}`
  if (!(error instanceof Error)) return `${what}: ${oneLine(error)}`
  if ('errcode' in error && typeof error.errcode === 'number') return `${what}: ${sqliteCauses[error.errcode & 0xff] ?? oneLine(error)}`
  if ('code' in error && typeof error.code === 'string') return `${what} (${error.code}): check the folder (USHER_DATA_DIR)`
  return `${what}: ${oneLine(error)}`
}

/** PostgreSQL's codes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function describePostgresError(url: URL, error: unknown): string {
  const user = decodeURIComponent(url.username) || 'no user named'
  const name = decodeURIComponent(url.pathname.slice(1)) || user
  const place = `PostgreSQL at ${url.hostname}:${url.port || '5432'}`
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const said = withoutPassword(oneLine(error), url)
  if (code === '28P01' || code === '28000' || said.startsWith('SASL'))
    return `${place} refuses the user ${user} (${said}): check the user and the password (DATABASE_URL)`
  if (code === '3D000') return `${place} has no database ${name}: create it, or name another one (DATABASE_URL)`
  if (code === '42501') return `${place} lets the user ${user} do too little in the database ${name} (${said}): make that user its owner`
  if (code === '53300') return `${place} has no connection left (${said}): raise its max_connections`
  if (/^\d|^[A-Z0-9]{5}$/.test(code) && !code.startsWith('E')) return `${place} failed (${code}: ${said}): its log tells more`
  return `can't reach ${place} (${code || said}): check that it runs, and the address (DATABASE_URL)`
}

function oneLine(error: unknown): string {
  return describeError(error).replaceAll(/\s+/g, ' ').trim()
}

function withoutPassword(text: string, url: URL): string {
  return [url.password, decodeURIComponent(url.password)]
    .filter((each) => each !== '')
    .reduce((said, each) => said.replaceAll(each, '***'), text)
}
