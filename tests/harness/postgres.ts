import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { freeTcpPort } from '#demo/free-port.ts'

/** A real PostgreSQL on loopback with a folder of its own. It may lose what it holds when the machine dies, never when it is killed. */
export type PostgresPeer = {
  /** Its own database, as its superuser, with the password. */
  readonly url: string
  readonly port: number
  /** An empty database; its address. */
  readonly createDatabase: () => Promise<string>
  /** Ends it at once, as a crash would: all connections break, and its log is replayed at the next start. */
  readonly kill: () => Promise<void>
  /** Starts it again on the same port. */
  readonly start: () => Promise<void>
  /** Ends it and removes its folder. */
  readonly stop: () => Promise<void>
}

const USER = 'usher'
const PASSWORD = 'a-password-of-the-tests'

/** `folder`: that of PostgreSQL's programs. */
export async function startPostgres(folder: string): Promise<PostgresPeer> {
  const port = await freeTcpPort()
  const owner = serverAccount()
  // Root's own temporary folder may be closed to others.
  const home = mkdtempSync(join(owner ? '/var/tmp' : tmpdir(), 'usher-postgres-'))
  const data = join(home, 'data')
  if (owner) chownSync(home, owner.uid, owner.gid)
  let child: ChildProcess | null = null

  function initialize(): void {
    const passwordFile = join(home, 'password')
    writeFileSync(passwordFile, PASSWORD)
    const args = ['-D', data, '-U', USER, '--pwfile', passwordFile, '--auth=scram-sha-256', '-E', 'UTF8', '--locale=C', '--no-sync']
    const { status, stderr } = spawnSync(join(folder, 'initdb'), args, { cwd: home, ...owner, encoding: 'utf8' })
    if (status !== 0) throw new Error(`initdb failed: ${stderr}`)
  }

  async function start(): Promise<void> {
    const options = ['-F', '-p', String(port), '-h', '127.0.0.1', '-k', '', '-c', 'max_connections=60', '-c', 'shared_buffers=16MB']
    const started = spawn(join(folder, 'postgres'), ['-D', data, ...options], { cwd: home, ...owner, stdio: ['ignore', 'ignore', 'pipe'] })
    child = started
    let said = ''
    for await (const line of createInterface({ input: started.stderr })) {
      said += `${line}\n`
      if (line.includes('ready to accept connections')) return void started.stderr.resume()
    }
    throw new Error(`PostgreSQL did not start: ${said}`)
  }

  /** SIGQUIT is PostgreSQL's "immediate": no checkpoint, and none of its processes stays behind, as one could after SIGKILL. */
  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGQUIT')
    await ended
  }

  function removeAtExit(): void {
    child?.kill('SIGQUIT')
    rmSync(home, { recursive: true, force: true })
  }

  process.once('exit', removeAtExit)
  const urlOf = (name: string) => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${name}`
  initialize()
  await start()
  return {
    url: urlOf('postgres'),
    port,
    async createDatabase() {
      const name = `test_${randomUUID().replaceAll('-', '')}`
      const client = new Client(urlOf('postgres'))
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return urlOf(name)
    },
    kill,
    start,
    async stop() {
      await kill()
      process.off('exit', removeAtExit)
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to run as root; Debian's package made an account for it. */
function serverAccount(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith('postgres:'))
  const [, , uid, gid] = entry?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error('PostgreSQL does not run as root, and there is no user postgres to run it as')
  return { uid: Number(uid), gid: Number(gid) }
}
