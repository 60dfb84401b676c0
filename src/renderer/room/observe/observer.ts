import type { BridgeError } from '#shared/contract/bridge.ts'
import type { ObserveGrant } from '#shared/contract/http.ts'
import type { Signal } from './signals.ts'

/** A connection to a room's signals. `sid` names the session of the room it joined. */
export type SignalLink = { readonly sid: string; readonly close: () => void }

/** How the signals of the open room come at the moment. `off` says why they don't come straight from the room. */
export type ObserverStatus = { readonly state: 'connecting' } | { readonly state: 'live' } | { readonly state: 'off'; readonly why: string }

/** What the observer needs of the world. */
export type ObserverPorts = {
  readonly requestGrant: (room: string) => Promise<ObserveGrant>
  readonly connect: (grant: ObserveGrant, report: (signal: Signal) => void, onClosed: () => void) => Promise<SignalLink>
  readonly readRefusal: (error: unknown) => BridgeError
  readonly onStatus: (status: ObserverStatus) => void
  readonly onSignal: (signal: Signal) => void
  /** Runs after that many ms unless the returned function is called. */
  readonly later: (run: () => void, ms: number) => () => void
}

/** Waiting times before another try, in ms; the last one is kept. */
const DELAYS = [2_000, 5_000, 15_000, 30_000]

export type ObserverTexts = { readonly closed: string; readonly otherSession: string }

/**
 * Follows one session of a room until it is stopped. A link that is lost is tried again with a new token, which the server gives only for a
 * room that is live; a refusal that can't change ends the tries.
 */
export function observeSession(
  target: { readonly room: string; readonly sid: string },
  ports: ObserverPorts,
  texts: ObserverTexts,
): () => void {
  let stopped = false
  let link: SignalLink | null = null
  let cancelRetry: (() => void) | null = null
  let tries = 0

  async function join() {
    ports.onStatus({ state: 'connecting' })
    let closed = false
    try {
      const grant = await ports.requestGrant(target.room)
      if (stopped) return
      const joined = await ports.connect(
        grant,
        (signal) => {
          if (!stopped && !closed) ports.onSignal(signal)
        },
        () => {
          closed = true
          if (link !== null) lose(texts.closed)
        },
      )
      if (stopped || closed) {
        joined.close()
        if (!stopped) lose(texts.closed)
      } else if (joined.sid !== target.sid) {
        closed = true
        joined.close()
        lose(texts.otherSession)
      } else {
        link = joined
        tries = 0
        ports.onStatus({ state: 'live' })
      }
    } catch (error) {
      if (stopped) return
      const refusal = ports.readRefusal(error)
      if (refusal.code === 'unavailable' || refusal.code === 'internal' || refusal.code === 'rate_limited') lose(refusal.message)
      else ports.onStatus({ state: 'off', why: refusal.message })
    }
  }

  function lose(why: string) {
    link = null
    if (stopped) return
    ports.onStatus({ state: 'off', why })
    const delay = DELAYS[Math.min(tries, DELAYS.length - 1)] ?? 0
    tries += 1
    cancelRetry = ports.later(() => void join(), delay)
  }

  void join()
  return () => {
    stopped = true
    cancelRetry?.()
    link?.close()
    link = null
  }
}
