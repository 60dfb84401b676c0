import { useShallow } from 'zustand/react/shallow'
import type { Measure } from '#shared/domain/measure.ts'
import type { Participant } from '#shared/domain/participant.ts'
import { useClock } from '../../app/clock.ts'
import { useSession } from '../../app/session.ts'
import { measuresAbout } from '../permissions/turn-switch.ts'

const none: readonly Measure[] = []

/** What is in force in the open room about somebody; what runs out goes by itself. */
export function useMeasuresAbout(person: Participant): readonly Measure[] {
  const room = useSession((state) => state.open?.room ?? '')
  const measures = useSession((state) => state.open?.facts?.measures ?? none)
  return useClock(useShallow(({ now }) => measuresAbout(measures, room, person, now)))
}
