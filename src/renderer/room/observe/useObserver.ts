import { useEffect } from 'react'
import { bridge, readRefusal } from '../../bridge.ts'
import { text } from '../../ui/text.ts'
import { observeSession, type ObserverPorts } from './observer.ts'
import { resetSignals, setObserverStatus, takeSignal } from './signals-store.ts'

const ports: ObserverPorts = {
  requestGrant: async (room) => bridge().observeRoom({ room }),
  connect: async (grant, report, onClosed) => {
    const { connectSignals } = await import('./livekit-signals.ts')
    return connectSignals(grant, report, onClosed)
  },
  readRefusal,
  onStatus: setObserverStatus,
  onSignal: takeSignal,
  later: (run, ms) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

/** S4.5: observes the session `sid` of a room while the component lives; `sid: null` observes nothing, as there is no live session to join. */
export function useObserver(room: string, sid: string | null): void {
  useEffect(() => {
    if (sid === null) return
    const stop = observeSession({ room, sid }, ports, text.signals)
    return () => {
      stop()
      resetSignals()
    }
  }, [room, sid])
}
