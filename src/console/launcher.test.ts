import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ServerSettings } from '#shared/contract/embedded.ts'
import { createLauncher } from './launcher.ts'
import { makeFolder } from './test-kit.ts'

/** A child of the kinds that a launcher meets; the admin's name in its settings says which. */
const program = `
process.on('disconnect', () => process.exit(0))
process.on('message', (message) => {
  if (message.type === 'stop') process.exit(0)
  const kind = message.settings.admin.name
  if (kind === 'echo') process.send({ type: 'running', value: { url: JSON.stringify({ args: process.argv.slice(2), env: process.env }) } })
  if (kind === 'runs') {
    process.stderr.write('a line for the log\\n')
    process.send({ type: 'running', value: { url: 'http://127.0.0.1:1' } })
  }
  if (kind === 'fails') {
    process.send({ type: 'failed', message: 'Redis at 127.0.0.1:1 does not answer' }, () => process.exit(1))
  }
  if (kind === 'crashes') throw new Error('the port was taken')
  if (kind === 'leaves') process.exit(3)
  if (kind === 'babbles') process.send({ type: 'running', value: { address: 1 } })
})
`

function settings(kind: string): ServerSettings {
  return {
    host: '127.0.0.1',
    port: 0,
    livekitHost: 'http://127.0.0.1:7880',
    livekitPublicUrl: 'ws://127.0.0.1:7880',
    livekitKeys: [{ key: 'devkey', secret: 'a-secret-that-must-not-leak' }],
    redisUrl: null,
    admin: { token: 'a-token-that-must-not-leak', name: kind },
    serviceToken: null,
    database: { kind: 'memory' },
    syncIntervalMs: 30_000,
    cleanupIntervalMs: 300_000,
    tokenLimitPerMinute: 20,
    redisBudget: { commandsPerDay: 7000, bytesPerMonth: 150_000_000 },
    trustProxy: false,
    observeRooms: 0,
    records: true,
    logLevel: 'info',
  }
}

async function startChild(kind: string) {
  const folder = await makeFolder()
  await writeFile(join(folder, 'sync-server.js'), program)
  const logs = join(folder, 'logs')
  const launcher = createLauncher(folder, logs)
  const child = launcher.startSyncServer(settings(kind))
  onTestFinished(() => child.stop())
  const exited = new Promise<void>((resolve) => void child.onExit(resolve))
  return { launcher, child, exited, log: join(logs, 'sync-server.log') }
}

describe('a child', { timeout: 20_000 }, () => {
  it('is ready with what it offers, and is gone when it was stopped', async () => {
    const { child, exited } = await startChild('runs')
    expect(await child.ready).toEqual({ ok: true, value: { url: 'http://127.0.0.1:1' } })
    await child.stop()
    await exited
  })

  it('gets its settings by message only: no argument and no variable holds a secret', async () => {
    vi.stubEnv('LIVEKIT_API_SECRET', 'from-the-environment')
    vi.stubEnv('REDIS_URL', 'redis://from-the-environment')
    vi.stubEnv('USHER_ADMIN_TOKEN', 'from-the-environment')
    vi.stubEnv('DATABASE_URL', 'postgres://from-the-environment')
    vi.stubEnv('USHER_LIVEKIT_SERVER', '/usr/bin/livekit-server')
    const { child } = await startChild('echo')
    const ready = await child.ready
    const echoed = ready.ok ? ready.value.url : ''
    expect(JSON.parse(echoed)).toMatchObject({ args: [], env: { USHER_LIVEKIT_SERVER: '/usr/bin/livekit-server' } })
    expect(echoed).not.toContain('must-not-leak')
    expect(echoed).not.toContain('from-the-environment')
  })

  it('that fails says why in one line', async () => {
    const { child, exited } = await startChild('fails')
    expect(await child.ready).toEqual({ ok: false, code: 'unavailable', message: 'Redis at 127.0.0.1:1 does not answer' })
    await exited
  })

  it('that crashes before it is ready is told by its error, without the stack', async () => {
    const { child, exited } = await startChild('crashes')
    expect(await child.ready).toEqual({ ok: false, code: 'unavailable', message: 'the port was taken' })
    await exited
  })

  it('that leaves without a word is told by its exit code', async () => {
    const { child } = await startChild('leaves')
    expect(await child.ready).toMatchObject({ ok: false, message: 'the sync server ended before it was ready (exit code 3)' })
  })

  it('that cannot be run at all is told by what the system says', async () => {
    const { execPath } = process
    onTestFinished(() => void (process.execPath = execPath))
    process.execPath = '/nowhere/node'
    const { child, exited } = await startChild('runs')
    expect(await child.ready).toMatchObject({ ok: false, message: 'spawn /nowhere/node ENOENT' })
    await exited
  })

  it('that answers in another form is refused and ended', async () => {
    const { child, exited } = await startChild('babbles')
    expect(await child.ready).toMatchObject({ ok: false, code: 'unavailable' })
    await exited
  })

  it('tells its end also to who asks later', async () => {
    const { child, exited } = await startChild('leaves')
    await exited
    const later = vi.fn<() => void>()
    child.onExit(later)
    await child.stop()
    expect(later).toHaveBeenCalledTimes(1)
  })

  it('prints into a log that only its owner can read', async () => {
    const { child, log } = await startChild('runs')
    await child.ready
    await child.stop()
    await vi.waitFor(async () => expect(await readFile(log, 'utf8')).toBe('a line for the log\n'))
    expect((await stat(log)).mode & 0o777).toBe(0o600)
  })
})

describe('a free port', () => {
  it('can be listened on', async () => {
    const { launcher } = await startChild('leaves')
    const port = await launcher.freePort()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port }, resolve))
    expect(server.listening).toBe(true)
    await new Promise((resolve) => void server.close(resolve))
  })
})
