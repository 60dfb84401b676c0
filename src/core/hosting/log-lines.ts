import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '../ports.ts'

/** The host's log: every line into a file readable by its owner alone; warnings and errors to `echo` as well. */
export function createLog(file: string, echo: (line: string) => void): Log {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 })
  // A full disk must not take the host down with the log.
  stream.on('error', () => undefined)
  return (level, message) => {
    const line = message.replaceAll(/[\r\n]+/g, ' ')
    stream.write(`${new Date().toISOString()} ${level} ${line}\n`)
    if (level !== 'info') echo(line)
  }
}
