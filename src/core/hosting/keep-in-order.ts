import { describeError } from '#shared/lib/describe-error.ts'
import type { Log, SecretStore } from '../ports.ts'

/**
 * A host's own `read` and `write`, one after the other. Both throw one plain line, which goes to the log: core tells the page only that it
 * failed.
 */
export function keepInOrder({ read, write }: SecretStore, log: Log): SecretStore {
  let writing: Promise<void> = Promise.resolve()

  function tell(error: unknown): never {
    log('warn', describeError(error))
    throw error
  }
  return {
    read: () => writing.then(read).catch(tell),
    write(text) {
      const written = writing.then(() => write(text)).catch(tell)
      writing = written.catch(() => undefined)
      return written
    },
  }
}
