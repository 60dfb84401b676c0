import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '#server/records/database.ts'
import { openOperatorBook } from './operator-book.ts'
import { createOperatorStore } from './operator-store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function operator(args: readonly string[], environment: Readonly<Record<string, string>> = { USHER_DATA_DIR: folder }) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('cli.ts', import.meta.url)), ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  await once(child, 'close')
  return { code: child.exitCode, stdout, stderr }
}

describe('the operator command', () => {
  it('makes, lists and revokes tokens while a server runs on the same SQLite file', { timeout: 30_000 }, async () => {
    const opened = await openDatabase({ kind: 'sqlite', file: join(folder, 'usher.sqlite') })
    if (!opened.ok) throw new Error(opened.message)
    const store = createOperatorStore(opened.value.queries)
    const troubles: unknown[] = []
    const settings = { admin: null, serviceToken: null, livekitKeys: [] }
    const book = await openOperatorBook({ store, settings, rereadMs: 20, onTrouble: (error) => troubles.push(error) })
    const ended: unknown[] = []
    book.revoked.subscribe((one) => ended.push(one))

    const added = await operator(['add', 'Ana Núñez', '--role', 'moderator', '--expires', '30'])
    expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^usher_[\w-]{43}\n$/) })
    const token = added.stdout.trim()
    expect(await book.authenticate(token)).toMatchObject({ operator: { name: 'Ana Núñez', role: 'moderator' } })

    const listed = await operator(['list'])
    expect(listed.stdout).toMatch(/^NAME +ROLE .*\nAna Núñez +moderator +20\d\d-\d\d-\d\d +- +20\d\d-\d\d-\d\d +valid\n$/)
    expect(listed.stdout).not.toContain(token.slice(6))

    expect(await operator(['revoke', 'Ana Núñez'])).toMatchObject({ code: 0, stdout: '' })
    await expect.poll(() => ended).toMatchObject([{ name: 'Ana Núñez', why: 'revoked' }])
    expect((await operator(['list'])).stdout).toContain('revoked 20')
    expect(troubles).toEqual([])
    await book.close()
    await opened.value.close()
  })

  it('answers what can’t be done with one line and exit code 1', { timeout: 30_000 }, async () => {
    await operator(['add', 'ana', '--role', 'viewer'])
    expect(await operator(['add', 'ana', '--role', 'viewer'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'operator: there is an operator ana already: revoke that token first, or choose another name\n',
    })
    expect(await operator(['revoke', 'ben'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'operator: there is no operator "ben" whose token could be revoked\n',
    })
    expect(await operator(['list'], { DATABASE_URL: 'postgres://usher:a-secret@127.0.0.1:1/usher' })).toEqual({
      code: 1,
      stdout: '',
      stderr: "operator: can't reach PostgreSQL at 127.0.0.1:1 (ECONNREFUSED): check that it runs, and the address (DATABASE_URL)\n",
    })
    expect(await operator(['list'], { DATABASE_URL: 'a-secret' })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'operator: DATABASE_URL must be an address that starts with postgres://\n',
    })
    writeFileSync(join(folder, 'file'), '')
    expect(await operator(['list'], { USHER_DATA_DIR: join(folder, 'file') })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^operator: can't use the database file .*\n$/),
    })
  })

  it('D6 writes to the audit what it does, and checks the audit', { timeout: 60_000 }, async () => {
    expect(await operator(['verify-audit'])).toEqual({ code: 0, stdout: 'the audit is whole: 0 rows\n', stderr: '' })
    await operator(['add', 'ana', '--role', 'viewer'])
    await operator(['revoke', 'ana'])
    await operator(['revoke', 'ana'])
    const whole = await operator(['verify-audit'])
    expect(whole).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^the audit is whole: 3 rows, newest hash [0-9a-f]{64}\n$/),
      stderr: '',
    })
    const newest = /[0-9a-f]{64}/.exec(whole.stdout)?.[0] ?? ''
    expect(await operator(['verify-audit', '--expect', newest])).toMatchObject({ code: 0 })
    expect(await operator(['verify-audit', '--expect', newest.replaceAll(/./g, '0')])).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^operator: the audit does not hold the expected hash, .* \(3 rows, newest hash [0-9a-f]{64}\)\n$/),
    })

    const opened = await openDatabase({ kind: 'sqlite', file: join(folder, 'usher.sqlite') })
    if (!opened.ok) throw new Error(opened.message)
    const { queries, close } = opened.value
    expect(await queries.selectFrom('audit_rows').select(['operator', 'role', 'type', 'result']).orderBy('seq').execute()).toEqual([
      { operator: 'command line', role: 'admin', type: 'add_operator', result: 'done' },
      { operator: 'command line', role: 'admin', type: 'revoke_operator', result: 'done' },
      { operator: 'command line', role: 'admin', type: 'revoke_operator', result: 'refused' },
    ])
    await queries.updateTable('audit_rows').set({ operator: 'ben' }).where('seq', '=', 2).execute()
    await close()
    expect(await operator(['verify-audit'])).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^operator: the audit is broken at row 2: [^\n]*\n$/),
    })
  })

  it.each([
    [[], 'say what to do: add, list, revoke or verify-audit'],
    [['grant'], 'there is no command "grant"'],
    [['add'], 'add needs a name'],
    [['add', 'ana'], 'add needs --role'],
    [['add', 'ana', '--role', 'boss'], '--role must be one of viewer, support, moderator, admin, service'],
    [['add', 'ana', '--role', 'viewer', '--expires', '0'], '--expires must be a whole number of days'],
    [['add', 'ana', 'ben', '--role', 'viewer'], '"ben" is too much'],
    [['add', 'a\u001b[31mna', '--role', 'viewer'], 'must not hold control characters'],
    [['list', '--role', 'viewer'], '--role goes with add only'],
    [['revoke'], 'revoke needs a name'],
    [['list', '--all'], "Unknown option '--all'"],
    [['verify-audit', 'all'], 'verify-audit takes no name'],
    [['verify-audit', '--expect', 'x'], '--expect must be a hash'],
    [['list', '--expect', 'x'], '--expect goes with verify-audit only'],
  ])('answers wrong use with one line and exit code 2, and makes no database: %j', async (args, says) => {
    const answer = await operator(args, { USHER_DATA_DIR: '/dev/null/nowhere' })
    expect(answer).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/^operator: [^\n]*\(--help tells how\)\n$/) })
    expect(answer.stderr).toContain(says)
  })

  it('tells how it is used', async () => {
    expect(await operator(['--help'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('add NAME --role ROLE [--expires DAYS]'),
    })
  })
})
