import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'

const pidsSchema = z.object({ program: z.number(), started: z.number() })
const foreground = pathToFileURL(join(import.meta.dirname, '../scripts/lib/foreground.mjs')).href

/** A program that has started another one, and leaves it behind when it is told to end. */
const program = `
import { spawn } from 'node:child_process'
const started = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
process.on('SIGINT', () => process.exit(7))
process.on('SIGTERM', () => {
  if (process.argv[2] === 'tidy') started.kill('SIGKILL')
  process.exit(7)
})
console.log(JSON.stringify({ program: process.pid, started: started.pid }))
setInterval(() => {}, 1000)
`

describe('a program in the foreground', { timeout: 15_000 }, () => {
  let folder = ''
  let launcher: ChildProcess
  let pids: z.infer<typeof pidsSchema>

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usher-foreground-'))
    await writeFile(join(folder, 'program.mjs'), program)
  })
  afterEach(async () => {
    for (const pid of [launcher.pid, pids.program, pids.started]) if (pid !== undefined && isRunning(pid)) process.kill(pid, 'SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  async function launch(...args: readonly string[]) {
    await writeFile(
      join(folder, 'launcher.mjs'),
      `import { runNode } from ${JSON.stringify(foreground)}\nprocess.exitCode = await runNode(${JSON.stringify(join(folder, 'program.mjs'))}, ${JSON.stringify(args)})\n`,
    )
    // Not as if npm had started it: what npm's own end does to it is npm's business.
    const env = { ...process.env, npm_lifecycle_event: undefined }
    launcher = spawn(process.execPath, [join(folder, 'launcher.mjs')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    if (launcher.stdout === null) throw new Error('stdout is a pipe')
    const [line] = z.tuple([z.string()]).parse(await once(createInterface({ input: launcher.stdout }), 'line'))
    pids = pidsSchema.parse(JSON.parse(line))
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends with what it started on %s, and keeps its exit code', async (signal) => {
    await launch()
    launcher.kill(signal)
    expect(await once(launcher, 'exit')).toEqual([7, null])
    expect(isRunning(pids.program)).toBe(false)
    await expect.poll(() => isRunning(pids.started), { timeout: 5_000 }).toBe(false)
  })

  it('is told to end when its launcher was killed', async () => {
    await launch('tidy')
    launcher.kill('SIGKILL')
    await expect.poll(() => isRunning(pids.program) || isRunning(pids.started), { timeout: 5_000 }).toBe(false)
  })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
