import { useMemo } from 'react'
import { may, type Capability } from '#shared/domain/operator.ts'
import { whyOffline } from '../../app/action-block.ts'
import { useSession } from '../../app/session.ts'
import { deedSpecs, personDeeds, roomDeeds, type PersonDeed, type RoomDeed } from './deed.ts'

/** What the operator's role may do here; what it may not is not shown. */
export type Allowed = {
  readonly personDeeds: readonly PersonDeed[]
  readonly roomDeeds: readonly RoomDeed[]
  /** Why nothing can be sent now; null when it can. */
  readonly offline: string | null
}

export function useAllowed(): Allowed {
  const operator = useSession((state) => state.operator)
  const offline = useSession((state) => whyOffline(state.connection.state))
  return useMemo(() => {
    const isAllowed = (deed: PersonDeed | RoomDeed) => operator !== null && may(operator, deedSpecs[deed].action)
    return { personDeeds: personDeeds.filter(isAllowed), roomDeeds: roomDeeds.filter(isAllowed), offline }
  }, [operator, offline])
}

/** Whether the operator's role may do this. */
export function useMay(capability: Capability): boolean {
  return useSession((state) => state.operator !== null && may(state.operator, capability))
}
