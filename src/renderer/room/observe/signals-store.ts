import { create } from 'zustand'
import type { Participant } from '#shared/domain/participant.ts'
import { useSession } from '../../app/session.ts'
import type { ObserverStatus } from './observer.ts'
import { applySignals, keepNewer, noSignals, type Signal, type Signals } from './signals.ts'

type SignalsState = { readonly status: ObserverStatus; readonly signals: Signals }

const idle: SignalsState = { status: { state: 'off', why: '' }, signals: noSignals }

/** The open room's signals as our own observer sees them, beside the facts of the session store. */
export const useSignals = create<SignalsState>()(() => idle)

let waiting: Signal[] = []

/** Takes a signal; those of one message of LiveKit's, which come one by one, become one change. */
export function takeSignal(signal: Signal): void {
  waiting.push(signal)
  if (waiting.length === 1) queueMicrotask(applyWaiting)
}

function applyWaiting(): void {
  const batch = waiting
  waiting = []
  if (batch.length > 0) useSignals.setState(({ signals }) => ({ signals: applySignals(signals, batch, factOf, performance.now()) }))
}

function factOf(identity: string): Participant | undefined {
  return useSession.getState().open?.participants.get(identity)
}

useSession.subscribe(({ open }, before) => {
  if (open?.participants === before.open?.participants) return
  const { signals } = useSignals.getState()
  const kept = keepNewer(signals, factOf, performance.now())
  if (kept !== signals) useSignals.setState({ signals: kept })
})

/** A link that is gone knows nothing any more: who spoke last is not who speaks. */
export function setObserverStatus(status: ObserverStatus): void {
  // The first signals come while the link is being made, before it is `live`; those of a link that is gone are not waited for.
  if (status.state !== 'live') waiting = []
  useSignals.setState(status.state === 'live' ? { status } : { status, signals: noSignals })
}

export function resetSignals(): void {
  waiting = []
  useSignals.setState(idle)
}
