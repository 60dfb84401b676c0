import type { z } from 'zod'
import { parentMessageSchema } from '../contract/embedded.ts'

/**
 * What a child process has of its parent: Node's `process` where it was forked, with `parentPort` where it is Electron's utility process.
 */
export type ProcessWithParent = {
  readonly parentPort?: {
    on: (event: 'message', listener: (message: { readonly data: unknown }) => void) => unknown
    postMessage: (message: unknown) => void
  }
  readonly send?: ((message: unknown, handle: undefined, options: undefined, sent: () => void) => unknown) | undefined
  readonly on: (event: 'message' | 'disconnect' | 'SIGTERM' | 'SIGINT' | 'SIGHUP', listener: (message: unknown) => void) => unknown
}

/** The child's end of the embedding: its settings, once, and its answers. */
export type ParentLink<Settings> = {
  readonly onStart: (listener: (settings: Settings) => void) => void
  /** Resolves when the message is on its way, so that the process may end. */
  readonly send: (message: unknown) => Promise<void>
}

/** Calls `stop` when the process is told to end by a signal, or loses its parent. */
export function onStop(process: ProcessWithParent, stop: () => void): void {
  for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect'] as const) process.on(event, stop)
}

/** The link to the process that embeds this one; null where there is none. A message of another form is passed over. */
export function openParentLink<T extends z.ZodType>(
  process: ProcessWithParent,
  settings: T,
  stop: () => void,
): ParentLink<z.output<T>> | null {
  const { parentPort, send } = process
  if (!parentPort && !send) return null
  const listeners: ((settings: z.output<T>) => void)[] = []
  const receive = (message: unknown) => {
    const parsed = parentMessageSchema.safeParse(message)
    if (!parsed.success) return
    if (parsed.data.type === 'stop') return stop()
    const given = settings.safeParse(parsed.data.settings)
    if (given.success) for (const listener of listeners) listener(given.data)
  }
  if (parentPort) parentPort.on('message', ({ data }) => receive(data))
  else process.on('message', receive)
  return {
    onStart: (listener) => void listeners.push(listener),
    send: (message) =>
      new Promise((sent) => {
        if (parentPort) {
          parentPort.postMessage(message)
          sent()
        } else {
          send?.call(process, message, undefined, undefined, () => sent())
        }
      }),
  }
}
