import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { builtFolder } from './desktop-app.ts'

export type BrowserApp = {
  /** The address in the one line that it printed. */
  readonly link: string
  readonly port: number
  /** From now on nobody reads what it prints, as after its terminal was closed. */
  readonly deafen: () => void
  /** Resolves with the exit code. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>
}

/** A folder for the data of one test's consoles. */
export async function makeDataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'usher-console-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Runs the built browser host without the demo, until the test ends. */
export async function startBrowserApp(dataFolder: string, port = 0): Promise<BrowserApp> {
  const child = run(dataFolder, ['--no-demo', '--port', String(port)])
  const exited = once(child, 'exit')
  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
    return child.exitCode
  }
  function deafen(): void {
    for (const output of [child.stdout, child.stderr]) output?.destroy()
  }
  onTestFinished(() => end('SIGKILL').then(() => undefined))
  const link = await firstLine(child)
  const url = /^Usher is at (http:\S+)$/.exec(link)?.[1] ?? ''
  return { link: url, port: Number(new URL(url).port), deafen, end }
}

/** The first line that a start prints which ends by itself, as the link command does, and its exit code. */
export async function runToEnd(
  dataFolder: string,
  args: readonly string[] = ['--link'],
): Promise<{ readonly line: string; readonly code: number | null }> {
  const child = run(dataFolder, args)
  const exited = once(child, 'exit')
  const line = await firstLine(child)
  await exited
  return { line, code: child.exitCode }
}

function run(dataFolder: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(builtFolder, 'main/console.js'), ...args], {
    env: { ...process.env, USHER_DATA_DIR: dataFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = [child.stdout, child.stderr].map((input) =>
    input ? once(createInterface({ input }), 'line') : Promise.reject(new Error('no output')),
  )
  return String((await Promise.race(lines))[0])
}
