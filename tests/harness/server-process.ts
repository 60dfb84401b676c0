import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ServerSettings } from '#shared/contract/embedded.ts'

/** A sync server as a process of its own, as `npm run server` starts it. */
export type ServerProcess = {
  readonly url: string
  /** As a crash: no goodbye. */
  readonly kill: () => Promise<void>
  readonly signal: (signal: 'SIGTERM' | 'SIGINT') => void
  /** Resolves to the exit code when it has ended; null after a signal that it didn't handle. */
  readonly ended: Promise<number | null>
  /** What it has printed so far: the lines of its log, and on stdout. */
  readonly lines: () => readonly string[]
}

/** What a start that failed left: its exit code and everything it printed. */
export type FailedStart = { readonly code: number | null; readonly output: string }

/** The environment that says these settings. */
export function environmentOf(settings: ServerSettings): Record<string, string> {
  return {
    PORT: String(settings.port),
    LIVEKIT_HOST: settings.livekitHost,
    LIVEKIT_API_KEY: settings.livekitKeys.map(({ key }) => key).join(','),
    LIVEKIT_API_SECRET: settings.livekitKeys.map(({ secret }) => secret).join(','),
    SYNC_INTERVAL_MS: String(settings.syncIntervalMs),
    OBSERVE_ROOMS: String(settings.observeRooms),
    LOG_LEVEL: 'fatal',
    ...databaseOf(settings),
    ...(settings.redisUrl === null ? {} : { REDIS_URL: settings.redisUrl }),
    ...(settings.database.kind === 'postgres' ? { DATABASE_URL: settings.database.url } : {}),
    ...(settings.admin ? { USHER_ADMIN_TOKEN: settings.admin.token } : {}),
  }
}

/** An environment can't say "in memory": then it is a folder of this run, so that a server that starts again finds its database. */
function databaseOf({ database }: ServerSettings): Record<string, string> {
  if (database.kind === 'postgres') return { DATABASE_URL: database.url }
  return { USHER_DATA_DIR: database.kind === 'sqlite' ? dirname(database.file) : dataFolder() }
}

let folder: string | null = null
function dataFolder(): string {
  if (folder !== null) return folder
  const made = mkdtempSync(join(tmpdir(), 'usher-server-data-'))
  process.once('exit', () => rmSync(made, { recursive: true, force: true }))
  folder = made
  return made
}

/** Starts a server process; one that can't start comes back as what it printed. */
export async function spawnServer(environment: Readonly<Record<string, string>>): Promise<ServerProcess | FailedStart> {
  const child = spawn(process.execPath, ['src/server/index.ts'], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = once(child, 'exit')
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  void end.then(() => process.off('exit', killWithUs))
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  for await (const line of createInterface({ input: child.stdout })) {
    output += `${line}\n`
    const url = /^listening on (\S+)$/.exec(line)?.[1]
    if (url === undefined) continue
    return {
      url,
      async kill() {
        child.kill('SIGKILL')
        await end
      },
      signal: (signal) => void child.kill(signal),
      ended: end.then(() => child.exitCode),
      lines: () => output.split('\n').filter((text) => text !== ''),
    }
  }
  await end
  return { code: child.exitCode, output }
}

/** Starts a server process that must come up. */
export async function startServerProcess(settings: ServerSettings): Promise<ServerProcess> {
  const started = await spawnServer(environmentOf(settings))
  if ('kill' in started) return started
  throw new Error(`the server did not start: ${started.output}`)
}
