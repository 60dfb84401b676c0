import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A server in a process of its own. `startedIn`: from the call to the line that says where it listens, ms. */
export type Program = {
  readonly port: number
  readonly pid: number
  /** The folder of what it keeps on disk, which is removed at its end. */
  readonly data: string
  readonly startedIn: number
  /** The CPU time it has used so far, s; NaN where the system doesn't tell. */
  readonly cpu: () => number
  /** The memory it has now, bytes; NaN where the system doesn't tell. */
  readonly memory: () => number
  readonly stop: () => Promise<void>
}

/**
 * Starts a program that prints `listening on http://HOST:PORT`. With `USHER_BENCH_PROFILE` set to a folder each leaves a CPU profile there at its end.
 */
export async function startProgram(
  file: string,
  environment: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<Program> {
  const folder = process.env['USHER_BENCH_PROFILE']
  const profiling = folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`]
  // What it keeps on disk is gone with it.
  const data = await mkdtemp(join(tmpdir(), 'usher-bench-'))
  const began = performance.now()
  const child = spawn(process.execPath, [...flags, ...profiling, file], {
    env: { PATH: process.env['PATH'] ?? '', USHER_DATA_DIR: data, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const end = once(child, 'exit')
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  void end.then(() => process.off('exit', killWithUs))
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^listening on http:\/\/.*:(\d+)$/.exec(line)?.[1]
    if (port === undefined) continue
    child.stdout.resume()
    return {
      port: Number(port),
      pid: child.pid ?? 0,
      data,
      startedIn: performance.now() - began,
      cpu: () => cpuSeconds(child.pid ?? 0),
      memory: () => residentBytes(child.pid ?? 0),
      async stop() {
        child.kill('SIGTERM')
        await end
        await rm(data, { recursive: true, force: true })
      },
    }
  }
  throw new Error(`${file} ended before it listened`)
}

function residentBytes(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kilobytes) * 1024
  } catch {
    return Number.NaN
  }
}

/** Linux counts in hundredths of a second, the fields after the program's name. */
function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return Number.NaN
  }
}
