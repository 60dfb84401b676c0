import type { IpcReply, Push } from '#shared/contract/ipc.ts'
import { closeCodes } from './page-protocol.ts'

/** What a page needs of a socket, and what it hears from it; `onClose` is called once, also for a socket that never opened. */
export type PageSocket = { readonly send: (text: string) => void; readonly close: () => void }
export type PageSocketEvents = {
  readonly onOpen: () => void
  readonly onMessage: (data: unknown) => void
  readonly onClose: (code: number) => void
}

export type PageLinkOptions = {
  readonly openSocket: (events: PageSocketEvents) => PageSocket
  /** The page's key, or null when it has none. Asked before each attempt: a new launch link brings a new one. */
  readonly nonce: () => string | null
  /** Why the socket could not be opened: a browser does not tell a page. */
  readonly knock: () => Promise<'stranger' | 'nobody'>
  readonly now: () => number
}

export type PageLink = {
  readonly ask: (name: string, payload: unknown) => Promise<IpcReply>
  readonly onPushes: (listener: (pushes: readonly Push[]) => void) => () => void
}

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 3_000

const stopped = 'Usher itself has stopped: start it again with npm start'
const stranger = 'Usher no longer knows this page: open a new link, which npm start -- --link prints'

type Up = { readonly send: (message: object) => void }

/**
 * A page's link to its console, kept for as long as the page lives. When it was lost and is back, the whole session is asked for again and
 * handed on as `session_reset`, before any later push.
 */
export function createPageLink(options: PageLinkOptions): PageLink {
  const listeners = new Set<(pushes: readonly Push[]) => void>()
  const waiting = new Map<number, (reply: IpcReply) => void>()
  const firstAttempt = Promise.withResolvers<void>()
  let up: Up | null = null
  let lastId = 0
  let restoring = false
  let lost: string | null = null
  let refusedNonce: string | null = null
  let retryMs = FIRST_RETRY_MS

  function emit(pushes: readonly Push[]): void {
    for (const listener of [...listeners]) listener(pushes)
  }

  function send(name: string, payload: unknown): Promise<IpcReply> {
    if (up === null) return Promise.resolve(unavailable(lost ?? stopped))
    const id = ++lastId
    const reply = new Promise<IpcReply>((resolve) => waiting.set(id, resolve))
    up.send({ id, name, payload })
    return reply
  }

  function connect(): void {
    const nonce = options.nonce()
    if (nonce === null || nonce === refusedNonce) return loseLink(stranger)
    const socket = options.openSocket({
      onOpen: () => socket.send(JSON.stringify({ nonce })),
      onMessage: (data) => receive(data, socket),
      onClose(code) {
        const wasUp = up !== null
        up = null
        if (code === closeCodes.unknownPage) {
          refusedNonce = nonce
          loseLink(stranger)
        } else if (wasUp) loseLink(stopped)
        else void options.knock().then((who) => loseLink(who === 'stranger' ? stranger : stopped))
      },
    })
  }

  function receive(data: unknown, socket: PageSocket): void {
    const message = parseMessage(data)
    if (message.ready === true && up === null) welcome(socket)
    else if (Array.isArray(message.pushes) && !restoring) {
      // The console sends what core made by the contract.
      emit(message.pushes as Push[])
    } else if (typeof message.id === 'number') {
      const settle = waiting.get(message.id)
      waiting.delete(message.id)
      settle?.(message.reply as IpcReply)
    }
  }

  function welcome(socket: PageSocket): void {
    up = { send: (message) => socket.send(JSON.stringify(message)) }
    retryMs = FIRST_RETRY_MS
    firstAttempt.resolve()
    if (lost === null) return
    restoring = true
    void send('start_session', {}).then((reply) => {
      if (up === null) return
      if (!reply.ok) return socket.close()
      restoring = false
      lost = null
      // The console validated the snapshot against the contract before it sent it.
      emit([{ name: 'session_reset', payload: reply.value } as Push])
    })
  }

  function loseLink(why: string): void {
    restoring = false
    for (const settle of waiting.values()) settle(unavailable('Usher stopped before it answered'))
    waiting.clear()
    if (lost !== why) emit([{ name: 'connection_changed', payload: { state: 'offline', since: options.now(), why } }])
    lost = why
    firstAttempt.resolve()
    setTimeout(connect, retryMs)
    retryMs = Math.min(retryMs * 1.5, LAST_RETRY_MS)
  }

  connect()
  return {
    // At once where it can be: what waits for a turn waits for what the page draws in it.
    ask: (name, payload) => (up === null ? firstAttempt.promise.then(() => send(name, payload)) : send(name, payload)),
    onPushes(listener) {
      // A fresh function each: the same listener twice is two subscriptions.
      const own = (pushes: readonly Push[]): void => listener(pushes)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}

function unavailable(message: string): IpcReply {
  return { ok: false, code: 'unavailable', message }
}

type Message = { readonly ready?: unknown; readonly id?: unknown; readonly reply?: unknown; readonly pushes?: unknown }

function parseMessage(data: unknown): Message {
  try {
    const message: unknown = JSON.parse(String(data))
    return typeof message === 'object' && message !== null ? message : {}
  } catch {
    return {}
  }
}
