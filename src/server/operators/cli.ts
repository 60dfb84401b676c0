import { parseArgs } from 'node:util'
import { addOperatorSchema, operatorRoleSchema, type AddOperator, type ListedOperator } from '#shared/contract/http-operators.ts'
import { describeIssue, fail, succeed, type Result } from '#shared/domain/failure.ts'
import { readDatabaseSettings } from '#server/records/database-settings.ts'
import { openDatabase } from '#server/records/database.ts'
import { createOperatorDesk, type OperatorDesk } from './operator-desk.ts'
import { createOperatorStore } from './operator-store.ts'

const DAY_MS = 86_400_000
const MOST_DAYS = 36_500

const help = `Who may use the sync server.

  npm run operator -- add NAME --role ROLE [--expires DAYS]   makes a token and prints it, once
  npm run operator -- list                                    every token that was ever made, without the token
  npm run operator -- revoke NAME                             ends the token of that name; its connections close within 5 s

ROLE is one of ${operatorRoleSchema.options.join(', ')}. A name can be used again once its token was revoked or has expired.
The database is that of the server: DATABASE_URL, or the SQLite file in USHER_DATA_DIR. The server may run meanwhile.
`

/** One thing to do with the operators; it answers what goes to stdout and what is said beside it. */
type Command = (desk: OperatorDesk) => Promise<Result<Said>>
type Said = { readonly stdout: string; readonly stderr: string }

/** What the arguments ask for; a failure is one line about their use. */
function readCommand(args: readonly string[]): Result<Command | 'help'> {
  const parsed = parse(args)
  if (!parsed.ok) return parsed
  const { values, positionals } = parsed.value
  const [command, name, ...more] = positionals
  if (values.help || command === 'help') return succeed('help')
  if (more.length > 0) return fail('invalid', `"${more[0]}" is too much: put a name of several words in quotes`)
  const foreign = command === 'add' ? undefined : Object.keys(values)[0]
  if (foreign !== undefined) return fail('invalid', `--${foreign} goes with add only`)
  if (command === 'list') return name === undefined ? succeed(list) : fail('invalid', 'list takes no name')
  if (command === 'add') return readAdd(name, values.role, values.expires)
  if (command !== 'revoke')
    return fail('invalid', command === undefined ? 'say what to do: add, list or revoke' : `there is no command "${command}"`)
  return name === undefined ? fail('invalid', 'revoke needs a name') : succeed((desk) => revoke(desk, name))
}

function parse(args: readonly string[]) {
  try {
    const options = { role: { type: 'string' }, expires: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const
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
  return parsed.success ? succeed((desk) => add(desk, parsed.data)) : fail('invalid', describeIssue(parsed.error))
}

async function add(desk: OperatorDesk, operator: AddOperator): Promise<Result<Said>> {
  const added = await desk.add(operator, 'command line')
  if (!added.ok) return added
  const { name, role, expiresAt, token } = added.value
  const until = expiresAt === null ? 'until it is revoked' : `until ${day(expiresAt)}`
  return succeed({ stdout: `${token}\n`, stderr: `${name} may use the sync server as ${role} ${until}. The token is shown this once:\n` })
}

async function list(desk: OperatorDesk): Promise<Result<Said>> {
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

async function revoke(desk: OperatorDesk, name: string): Promise<Result<Said>> {
  const revoked = await desk.revoke(name)
  return revoked.ok ? succeed({ stdout: '', stderr: `the token of ${revoked.value} is revoked\n` }) : revoked
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

async function run(command: Command): Promise<Result<Said>> {
  const settings = readDatabaseSettings(process.env)
  if (!settings.ok) return settings
  const opened = await openDatabase(settings.value)
  if (!opened.ok) return opened
  const { queries, describe, close } = opened.value
  try {
    // A server that runs notices it by itself.
    return await command(createOperatorDesk({ store: createOperatorStore(queries), describe, onChanged: () => Promise.resolve() }))
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
