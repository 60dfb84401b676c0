import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A running Python script. */
export type PythonScript = {
  /** What it has printed so far, each line as the JSON it is. */
  readonly lines: readonly unknown[]
  /** Resolves to its exit code. */
  readonly ended: Promise<number | null>
  readonly stop: () => Promise<void>
}

/** Runs a script that prints lines of JSON. What it says on stderr is shown. */
export function runPython(binary: string, script: string, args: readonly string[]): PythonScript {
  // Unbuffered: a line that waits in a buffer is one that never came.
  const child = spawn(binary, ['-u', script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: unknown[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null))
    child.once('exit', resolve)
  })
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  void ended.then(() => process.off('exit', killWithUs))
  return {
    lines,
    ended,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
