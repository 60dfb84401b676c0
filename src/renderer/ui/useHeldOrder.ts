import { useCallback, useState } from 'react'
import { holdOrder, type HeldOrder } from './held-order.ts'

export type Hand = {
  /** Says whether the hand (pointer, focus or selection) is on the list. */
  readonly hold: (on: boolean) => void
  /** Lets what waits take place at once. */
  readonly apply: () => void
}

/** An order that stays while the hand is on it. `key` names what the moderator chose (sort, filter): another one is followed at once. */
export function useHeldOrder(wanted: readonly string[], key: string): HeldOrder & Hand {
  const [held, setHeld] = useState<{ readonly order: readonly string[]; readonly key: string } | null>(null)
  const [on, setOn] = useState(false)
  // Taking hold happens with the event; the order that was on the screen then is the one that stays.
  if (on && held === null) setHeld({ order: wanted, key })
  if (!on && held !== null) setHeld(null)
  if (on && held !== null && held.key !== key) setHeld({ order: wanted, key })
  const apply = useCallback(() => setHeld(null), [])
  return { ...holdOrder(on && held !== null && held.key === key ? held.order : null, wanted), hold: setOn, apply }
}
