import type { Socket } from 'socket.io'
import type { SocketPush } from '#shared/contract/socket.ts'
import { CLOSE_MS, READY_BYTES, slow, watchBacklog, type Waiting } from './backlog.ts'

type Batch = { readonly bytes: number; readonly messages: number; readonly largest: number }
const nothing: Batch = { bytes: 0, messages: 0, largest: 0 }

/** One client's connection, and what waits to be sent on it. */
export type SocketConnection = {
  /** Whether it is on its way out: nothing more is to be sent. */
  readonly isClosing: () => boolean
  /** True when little waits to be sent, or once that is so; false when the connection is gone. */
  readonly ready: () => boolean | Promise<boolean>
  /** Says why, sends nothing more, and closes; a client that doesn't take that is cut off after a moment. A second call does nothing. */
  readonly close: (reason: SocketPush<'closing'>) => void
  /** Resolves when the connection is gone. */
  readonly gone: Promise<void>
}

/**
 * Keeps count of what waits, in two batches as Engine.IO has them: what was handed to the WebSocket and is not written yet, and what waits for
 * that. `onSlow`: it was more than may wait; called in the middle of sending, so it must stop whatever else is to be sent to this socket.
 */
export function watchSocket(socket: Socket, onSlow: () => void): SocketConnection {
  const { conn } = socket
  let handedOver = nothing
  let behind = nothing
  let closing = false
  const gone = new Promise<void>((resolve) => conn.once('close', () => resolve()))
  void gone.then(() => backlog.stop())

  function inFlight(): Batch {
    return conn.transport.writable ? nothing : handedOver
  }

  function waiting(): Waiting {
    const before = inFlight()
    const bytes = before.bytes + behind.bytes - Math.max(before.largest, behind.largest)
    return { bytes, messages: before.messages + behind.messages }
  }

  const backlog = watchBacklog(waiting, () => {
    closing = true
    onSlow()
    // Engine.IO may have yet to queue the packet that was too much.
    queueMicrotask(() => sayAndClose(slow))
  })

  function count({ data }: { readonly data?: string | Uint8Array }): void {
    const bytes = data?.length ?? 0
    behind = { bytes: behind.bytes + bytes, messages: behind.messages + 1, largest: Math.max(behind.largest, bytes) }
    backlog.grew()
  }

  conn.on('packetCreate', count)
  conn.on('flush', () => {
    handedOver = behind
    behind = nothing
  })

  function sayAndClose(reason: SocketPush<'closing'>): void {
    const stream = conn.request.socket
    const timer = setTimeout(() => stream.destroy(), CLOSE_MS)
    stream.once('close', () => clearTimeout(timer))
    socket.emit('closing', reason)
    // A client that is told to disconnect stays away; one whose connection closes comes back by itself.
    if (reason.code === 'unauthorized') socket.disconnect(true)
    else conn.close()
  }

  function isReady(): boolean {
    return socket.connected && !closing && inFlight().bytes + behind.bytes <= READY_BYTES
  }

  async function readyLater(): Promise<boolean> {
    while (socket.connected && !closing) {
      await new Promise<void>((resolve) => {
        const done = () => {
          conn.transport.off('ready', done)
          conn.off('close', done)
          resolve()
        }
        conn.transport.on('ready', done)
        conn.on('close', done)
      })
      if (isReady()) return true
    }
    return false
  }

  return {
    isClosing: () => closing,
    ready: () => (isReady() ? true : readyLater()),
    close(reason) {
      if (closing) return
      closing = true
      backlog.stop()
      sayAndClose(reason)
    },
    gone,
  }
}
