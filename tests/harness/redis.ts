import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { freeTcpPort } from '#demo/free-port.ts'

/** A real Redis on loopback, empty at each start and without a file. */
export type RedisPeer = {
  readonly url: string
  readonly port: number
  /** Ends it at once, as a crash would; what it held is lost. */
  readonly kill: () => Promise<void>
  /** Starts it again on the same port. */
  readonly start: () => Promise<void>
  /** Stops it in its tracks: it answers nothing, and its connections stay. */
  readonly pause: () => void
  readonly resume: () => void
  readonly stop: () => Promise<void>
}

export async function startRedis(binary: string): Promise<RedisPeer> {
  const port = await freeTcpPort()
  let child: ChildProcess | null = null

  async function start(): Promise<void> {
    const started = spawn(binary, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child = started
    for await (const line of createInterface({ input: started.stdout })) if (line.includes('Ready to accept connections')) break
    started.stdout.resume()
  }

  async function kill(): Promise<void> {
    const running = child
    child = null
    if (!running || running.exitCode !== null) return
    running.kill('SIGKILL')
    await once(running, 'exit')
  }

  await start()
  process.once('exit', () => child?.kill('SIGKILL'))
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    start,
    pause: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
    stop: kill,
  }
}
