import type { Bridge, BridgeError } from '#shared/contract/bridge.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'

declare global {
  interface Window {
    readonly usher?: Bridge
  }
}

/** The host's end, or null when the page was opened without one. This file alone touches `window.usher`. */
export function findBridge(): Bridge | null {
  return window.usher ?? null
}

/** The host's end. Throws a `BridgeError` when there is none, as every request of a host that is gone does. */
export function bridge(): Bridge {
  const found = findBridge()
  if (found === null) throw fail('unavailable', 'This page was opened without its host. Start Usher again and use the link it prints.')
  return found
}

/** Asks the host; a refusal is a value, as everywhere but on the bridge itself. */
export async function answered<T>(request: (host: Bridge) => Promise<T>): Promise<Result<T>> {
  try {
    return succeed(await request(bridge()))
  } catch (error) {
    return readRefusal(error)
  }
}

/** What a rejected request says, as plain data; anything that is not a `BridgeError` becomes `unavailable` with its message. */
export function readRefusal(error: unknown): BridgeError {
  if (isBridgeError(error)) return error
  const message = error instanceof Error && error.message !== '' ? error.message : 'The host did not answer.'
  return fail('unavailable', message)
}

function isBridgeError(error: unknown): error is BridgeError {
  return (
    typeof error === 'object' &&
    error !== null &&
    'ok' in error &&
    error.ok === false &&
    'code' in error &&
    'message' in error &&
    typeof error.message === 'string'
  )
}
