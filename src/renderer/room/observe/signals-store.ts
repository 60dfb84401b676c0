import { create } from 'zustand'
import { useSession } from '../../app/session.ts'
import type { ObserverStatus } from './observer.ts'
import { applySignal, noSignals, type Signal, type Signals } from './signals.ts'

type SignalsState = { readonly status: ObserverStatus; readonly signals: Signals }

const idle: SignalsState = { status: { state: 'off', why: '' }, signals: noSignals }

/** The open room's signals as our own observer sees them, beside the facts of the session store. */
export const useSignals = create<SignalsState>()(() => idle)

export function takeSignal(signal: Signal): void {
  const fact = 'identity' in signal ? useSession.getState().open?.participants.get(signal.identity) : undefined
  useSignals.setState((state) => ({ signals: applySignal(state.signals, signal, fact) }))
}

/** A link that is gone knows nothing any more: who spoke last is not who speaks. */
export function setObserverStatus(status: ObserverStatus): void {
  // The first signals come while the link is being made, before it is `live`.
  useSignals.setState(status.state === 'live' ? { status } : { status, signals: noSignals })
}

export function resetSignals(): void {
  useSignals.setState(idle)
}
