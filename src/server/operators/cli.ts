import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { addOperatorSchema, operatorRoleSchema, type AddOperator, type ListedOperator } from '#shared/contract/http-operators.ts'
import { describeIssue, fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import { noteDraft } from '#server/audit/audit-draft.ts'
import { createAuditStore } from '#server/audit/audit-store.ts'
import { verifyAudit } from '#server/audit/verify-audit.ts'
import { readDatabaseSettings } from '#server/records/database-settings.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import { createOperatorDesk, type OperatorDesk } from './operator-desk.ts'
import { addNote, commandLine, revokeNote } from './operator-notes.ts'
import { createOperatorStore } from './operator-store.ts'

const DAY_MS = 86_400_000
const MOST_DAYS = 36_500

const help = `Who may use the sync server.

  npm run operator -- add NAME --role ROLE [--expires DAYS]   makes a token and prints it, once
  npm run operator -- list                                    every token that was ever made, without the token
  npm run operator -- revoke NAME                             ends the token of that name; its connections close within 5 s
  npm run operator -- verify-audit [--expect HASH]            checks that no row of the audit was changed, removed or put between

verify-audit prints how many rows there are and the newest hash; exit code 1: the chain is broken, or doesn't hold HASH, which the server logs at its start and each midnight UTC.

ROLE is one of ${operatorRoleSchema.options.join(', ')}. A name can be used again once its token was revoked or has expired.
The database is that of the server: DATABASE_URL, or the SQLite file in USHER_DATA_DIR. The server may run meanwhile.
`

/** One thing to do with the operators; it answers what goes to stdout and what is said beside it. */
type Command = (book: Book) => Promise<Result<Said>>
type Book = {
  readonly desk: OperatorDesk
  readonly queries: Database['queries']
  readonly note: (note: Note, failure: Failure | null) => Promise<string>
}
type Note = ReturnType<typeof addNote> | ReturnType<typeof revokeNote>
type Said = { readonly stdout: string; readonly stderr: string }

/** What the arguments ask for; a failure is one line about their use. */
function readCommand(args: readonly string[]): Result<Command | 'help'> {
  const parsed = parse(args)
  if (!parsed.ok) return parsed
  const { values, positionals } = parsed.value
  const [command, name, ...more] = positionals
  if (values.help || command === 'help') return succeed('help')
  if (more.length > 0) return fail('invalid', `"${more[0]}" is too much: put a name of several words in quotes`)
  const foreign = Object.keys(values).find((option) => ownerOf(option) !== command)
  if (foreign !== undefined) return fail('invalid', `--${foreign} goes with ${ownerOf(foreign)} only`)
  if (command === 'verify-audit') return name === undefined ? readVerify(values.expect) : fail('invalid', 'verify-audit takes no name')
  if (command === 'list') return name === undefined ? succeed(list) : fail('invalid', 'list takes no name')
  if (command === 'add') return readAdd(name, values.role, values.expires)
  if (command !== 'revoke')
    return fail('invalid', command === undefined ? 'say what to do: add, list, revoke or verify-audit' : `there is no command "${command}"`)
  return name === undefined ? fail('invalid', 'revoke needs a name') : succeed((book) => revoke(book, name))
}

function parse(args: readonly string[]) {
  try {
    const options = {
      role: { type: 'string' },
      expires: { type: 'string' },
      expect: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    } as const
    return succeed(parseArgs({ args: [...args], options, allowPositionals: true }))
  } catch (error) {
    // The first sentence says which argument; the rest is for programmers.
    return fail('invalid', error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error))
  }
}

function readAdd(name: string | undefined, role: string | undefined, expires: string | undefined): Result<Command> {
  if (name === undefined) return fail('invalid', 'add needs a name')
  if (role === undefined) return fail('invalid', `add needs --role, one of ${operatorRoleSchema.options.join(', ')}`)
  if (!operatorRoleSchema.safeParse(role).success) return fail('invalid', `--role must be one of ${operatorRoleSchema.options.join(', ')}`)
  const days = expires === undefined ? null : Number(expires)
  if (days !== null && !(Number.isInteger(days) && days >= 1 && days <= MOST_DAYS))
    return fail('invalid', `--expires must be a whole number of days from 1 to ${MOST_DAYS}`)
  const expiresAt = days === null ? undefined : Date.now() + days * DAY_MS
  const parsed = addOperatorSchema.safeParse({ name, role, expiresAt })
  return parsed.success ? succeed((book) => add(book, parsed.data)) : fail('invalid', describeIssue(parsed.error))
}

function ownerOf(option: string): string {
  return option === 'expect' ? 'verify-audit' : 'add'
}

function readVerify(expected: string | undefined): Result<Command> {
  if (expected !== undefined && !/^[0-9a-f]{64}$/.test(expected))
    return fail('invalid', '--expect must be a hash: 64 digits and letters a to f')
  return succeed((book) => verify(book, expected ?? null))
}

async function add({ desk, note }: Book, operator: AddOperator): Promise<Result<Said>> {
  const added = await desk.add(operator, commandLine.name)
  const unnoted = await note(addNote(commandLine, operator), added.ok ? null : added)
  if (!added.ok) return added
  const { name, role, expiresAt, token } = added.value
  const until = expiresAt === null ? 'until it is revoked' : `until ${day(expiresAt)}`
  return succeed({
    stdout: `${token}\n`,
    stderr: `${name} may use the sync server as ${role} ${until}. The token is shown this once:\n${unnoted}`,
  })
}

async function list({ desk }: Book): Promise<Result<Said>> {
  const listed = await desk.list()
  if (!listed.ok) return listed
  if (listed.value.length === 0) return succeed({ stdout: '', stderr: 'there are no operators yet\n' })
  const rows = listed.value.map((each) => [
    each.name,
    each.role,
    day(each.createdAt),
    minute(each.lastUsedAt),
    day(each.expiresAt),
    stateOf(each),
  ])
  return succeed({ stdout: layOut([['NAME', 'ROLE', 'CREATED', 'LAST USED (UTC)', 'EXPIRES', 'STATE'], ...rows]), stderr: '' })
}

async function revoke({ desk, note }: Book, name: string): Promise<Result<Said>> {
  const revoked = await desk.revoke(name)
  const unnoted = await note(revokeNote(commandLine, name), revoked.ok ? null : revoked)
  return revoked.ok ? succeed({ stdout: '', stderr: `the token of ${revoked.value} is revoked\n${unnoted}` }) : revoked
}

async function verify({ queries }: Book, expected: string | null): Promise<Result<Said>> {
  const { rows, newestHash, brokenAt, why, isExpectedThere } = await verifyAudit(queries, expected)
  const walked = `${rows} rows${newestHash === null ? '' : `, newest hash ${newestHash}`}`
  if (brokenAt !== null) return fail('conflict', `the audit is broken at row ${brokenAt}: ${why ?? ''} (before it ${walked})`)
  if (!isExpectedThere)
    return fail('conflict', `the audit does not hold the expected hash, so its end was cut off or it was written anew (${walked})`)
  return succeed({ stdout: `the audit is whole: ${walked}\n`, stderr: '' })
}

function stateOf({ revokedAt, expiresAt }: ListedOperator): string {
  if (revokedAt !== null) return `revoked ${day(revokedAt)}`
  return expiresAt !== null && expiresAt <= Date.now() ? 'expired' : 'valid'
}

function day(at: number | null): string {
  return at === null ? '-' : new Date(at).toISOString().slice(0, 10)
}

function minute(at: number | null): string {
  return at === null ? '-' : new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}

function layOut(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return rows.map((row) => `${line(row)}\n`).join('')
}

/** Writes to the audit what was done here; answers what is to be said where that was not possible. */
async function noteDeed({ queries, describe }: Database, note: Note, failure: Failure | null): Promise<string> {
  try {
    await createAuditStore(queries, `${commandLine.name} ${randomUUID()}`).append([noteDraft(note, failure, Date.now())])
    return ''
  } catch (error) {
    return `it could not be written to the audit: ${describe(error)}\n`
  }
}

async function run(command: Command): Promise<Result<Said>> {
  const settings = readDatabaseSettings(process.env)
  if (!settings.ok) return settings
  const opened = await openDatabase(settings.value)
  if (!opened.ok) return opened
  const { queries, describe, close } = opened.value
  try {
    // A server that runs notices it by itself.
    const desk = createOperatorDesk({ store: createOperatorStore(queries), describe, onChanged: () => Promise.resolve() })
    return await command({ desk, queries, note: (note, failure) => noteDeed(opened.value, note, failure) })
  } catch (error) {
    return fail('unavailable', describe(error))
  } finally {
    await close()
  }
}

const command = readCommand(process.argv.slice(2))
if (!command.ok) {
  process.stderr.write(`operator: ${command.message} (--help tells how)\n`)
  process.exitCode = 2
} else if (command.value === 'help') {
  process.stdout.write(help)
} else {
  const said = await run(command.value)
  if (said.ok) {
    process.stderr.write(said.value.stderr)
    process.stdout.write(said.value.stdout)
  } else {
    process.stderr.write(`operator: ${said.message}\n`)
    process.exitCode = 1
  }
}
