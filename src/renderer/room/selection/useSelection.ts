import { useCallback, useEffect, useRef, useState } from 'react'
import { choose, chooseAll, moveCursor, noSelection, type Choice, type Selection } from './selection.ts'

export type SelectionState = {
  readonly selection: Selection
  readonly select: (identity: string, choice: Choice | 'cursor') => void
  readonly selectAll: () => void
  readonly clear: () => void
}

/** Whom the moderator has chosen among rows in an order. */
export function useSelection(order: readonly string[]): SelectionState {
  const [selection, setSelection] = useState(noSelection)
  const latest = useRef(order)
  useEffect(() => {
    latest.current = order
  })
  return {
    selection,
    select: useCallback((identity, choice) => {
      setSelection((current) => (choice === 'cursor' ? moveCursor(current, identity) : choose(current, identity, choice, latest.current)))
    }, []),
    selectAll: useCallback(() => setSelection((current) => chooseAll(current, latest.current)), []),
    clear: useCallback(() => setSelection(noSelection), []),
  }
}
