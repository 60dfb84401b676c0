/** What may wait to be sent on one connection, in bytes and in messages, beside the largest one. Beyond it the connection is closed: its client can resume. */
export const WAITING_BYTES = 1_000_000
export const WAITING_MESSAGES = 2000
/** Below this somebody who catches up is sent the next page of the log. */
export const READY_BYTES = WAITING_BYTES / 8
/** How long a connection may take to close after it was told why, ms. */
export const CLOSE_MS = 2000

/** Why a connection is closed; what its client is told last. */
export const slow = {
  code: 'rate_limited',
  message: 'this connection does not take what it is sent: connect again, and resume with the last cursor',
} as const
export const goingDown = { code: 'unavailable', message: 'the sync server is going down: connect again' } as const
