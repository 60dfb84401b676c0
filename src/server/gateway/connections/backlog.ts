/** What may wait to be sent on one connection for longer than a moment: bytes beside the largest message, and messages. */
const WAITING_BYTES = 1_000_000
const WAITING_MESSAGES = 2000
/** The moment, ms: a burst comes whole before any of it can be written. */
const MOMENT_MS = 1000
/** So many times that may not even wait for a moment. */
const BURST = 4
/** Below this somebody who catches up is sent more. */
export const READY_BYTES = WAITING_BYTES / 8
/** How long a connection may take to close after it was told why, ms. */
export const CLOSE_MS = 2000

/** Why a connection is closed; what its client is told last. */
export const slow = {
  code: 'rate_limited',
  message: 'this connection does not take what it is sent: connect again, and resume with the last cursor',
} as const
export const goingDown = { code: 'unavailable', message: 'the sync server is going down: connect again' } as const

/** What waits on a connection; `bytes` without the largest message, so that no single one, however large, is too much. */
export type Waiting = { readonly bytes: number; readonly messages: number }

/** Watches that a client takes what it is sent. */
export type Backlog = {
  /** To be called when something more waits. */
  readonly grew: () => void
  readonly stop: () => void
}

/** `onSlow` is called at most once, within `grew` or later: it was too much, so nothing more may be sent. */
export function watchBacklog(waiting: () => Waiting, onSlow: () => void): Backlog {
  let timer: NodeJS.Timeout | undefined
  let done = false

  function isOver(times: number): boolean {
    const { bytes, messages } = waiting()
    return bytes > times * WAITING_BYTES || messages > times * WAITING_MESSAGES
  }

  function stop(): void {
    done = true
    clearTimeout(timer)
  }

  function cut(): void {
    stop()
    onSlow()
  }

  function lookAgain(): void {
    timer = undefined
    if (isOver(1)) cut()
  }

  return {
    grew() {
      if (done || !isOver(1)) return
      if (isOver(BURST)) return cut()
      timer ??= setTimeout(lookAgain, MOMENT_MS)
    },
    stop,
  }
}
