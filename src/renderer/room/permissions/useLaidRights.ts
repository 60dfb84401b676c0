import { useMemo } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Participant, Permissions } from '#shared/domain/participant.ts'
import { actionsOn } from '../../app/held-action.ts'
import { useSession } from '../../app/session.ts'
import { layPending, type LaidRights } from './lay-pending.ts'

/** Somebody's rights in the open room, with what is on its way laid over `facts`. */
export function useLaidRights(person: Participant, facts: Permissions): LaidRights {
  const entries = useSession(useShallow((state) => (state.open === null ? [] : actionsOn(state.pending, state.open.room, person))))
  return useMemo(() => layPending(person, facts, entries), [person, facts, entries])
}
