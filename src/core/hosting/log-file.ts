import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'

/** A log over this many bytes is moved aside (`.1`) when it is opened, so there are never more than two of a name. */
const LIMIT_BYTES = 5_000_000

/**
 * Opens a log to append to, readable by its owner alone. What can't be written is lost: a full disk must not take a host down with its log.
 */
export function openLogFile(file: string): WriteStream {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
    if (size > LIMIT_BYTES) renameSync(file, `${file}.1`)
  } catch {
    // Where not even that can be done, the stream below fails as well.
  }
  const log = createWriteStream(file, { flags: 'a', mode: 0o600 })
  log.on('error', () => undefined)
  return log
}
