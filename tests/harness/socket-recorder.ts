import { io } from 'socket.io-client'
import { PROTOCOL } from '#shared/contract/socket.ts'
import { Emitter } from '#shared/lib/emitter.ts'

/** A connection that asks anything, and keeps everything it is told. */
export type SocketRecorder = {
  /** Every push, in order. */
  readonly heard: readonly { readonly name: string; readonly payload: unknown }[]
  /** The payloads of one kind of push. */
  readonly payloads: (name: string) => unknown[]
  readonly ask: (name: string, payload: unknown) => Promise<unknown>
  /** Resolves when it holds; looks again at every push. */
  readonly until: (holds: () => boolean) => Promise<void>
  readonly close: () => void
}

/** Connects, and does not come back by itself. Rejects with the handshake's refusal. */
export async function recordSocket(url: string, token: string): Promise<SocketRecorder> {
  const socket = io(url, { transports: ['websocket'], auth: { token, protocol: PROTOCOL }, reconnection: false, forceNew: true })
  const heard: { name: string; payload: unknown }[] = []
  const moved = new Emitter<void>()
  socket.onAny((name: string, payload: unknown) => {
    heard.push({ name, payload })
    moved.emit()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return {
    heard,
    payloads: (name) => heard.filter((push) => push.name === name).map(({ payload }) => payload),
    async ask(name, payload) {
      if (!socket.connected) throw new Error('not connected')
      // What is acknowledged can be anything.
      return (await socket.timeout(5000).emitWithAck(name, payload)) as unknown
    },
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds()) return
          unsubscribe()
          resolve()
        }
        const unsubscribe = moved.subscribe(look)
        look()
      }),
    close: () => void socket.disconnect(),
  }
}
