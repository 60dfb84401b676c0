import type { Log } from '../ports.ts'
import { openLogFile } from './log-file.ts'

/** The host's log: every line into a file; warnings and errors to `echo` as well. */
export function createLog(file: string, echo: (line: string) => void): Log {
  const log = openLogFile(file)
  return (level, message) => {
    const line = message.replaceAll(/[\r\n]+/g, ' ')
    log.write(`${new Date().toISOString()} ${level} ${line}\n`)
    if (level !== 'info') echo(line)
  }
}
