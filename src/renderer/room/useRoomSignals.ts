import { useMemo } from 'react'
import { useSession } from '../app/session.ts'
import { useSignalsOld } from '../app/useSignalsOld.ts'
import { signalsOfPresence, type Signals } from './observe/signals.ts'
import { useSignals } from './observe/signals-store.ts'

/** The signals to show: our own observer's where it is in the room, else what the server pushes. */
export function useRoomSignals(): Signals {
  const own = useSignals((state) => (state.status.state === 'live' ? state.signals : null))
  const presence = useSession((state) => state.open?.presence ?? null)
  const isOld = useSignalsOld(presence?.at ?? null)
  return useMemo(() => own ?? signalsOfPresence(presence, isOld), [own, presence, isOld])
}
