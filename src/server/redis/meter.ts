import type { Socket } from 'node:net'

/** What this process asked of Redis since it started: commands sent (those inside a script not counted), and bytes both ways. */
export type RedisUsage = { readonly commands: number; readonly bytes: number }

/** Counts in the client, so that counting costs Redis nothing (S3.4). */
export type RedisMeter = {
  readonly commandSent: () => void
  /** Counts the bytes of a connection; the connection itself keeps count, until it is closed. */
  readonly watch: (stream: Pick<Socket, 'bytesRead' | 'bytesWritten' | 'once'>) => void
  readonly read: () => RedisUsage
}

export function createRedisMeter(): RedisMeter {
  const open = new Set<Pick<Socket, 'bytesRead' | 'bytesWritten'>>()
  let commands = 0
  let closedBytes = 0
  return {
    commandSent: () => void (commands += 1),
    watch(stream) {
      if (open.has(stream)) return
      open.add(stream)
      stream.once('close', () => {
        open.delete(stream)
        closedBytes += stream.bytesRead + stream.bytesWritten
      })
    },
    read() {
      let bytes = closedBytes
      for (const stream of open) bytes += stream.bytesRead + stream.bytesWritten
      return { commands, bytes }
    },
  }
}
