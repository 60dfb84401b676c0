import { useEffect, useRef } from 'react'
import type { Reading } from '../app/useReading.ts'

/** How long (ms) the records may take to follow what has happened, and how often that is waited for. */
const FOLLOW = 1_500
const TIMES = 3

/** Reads again a moment later, a few times at the most, while what was read is behind what is known: records are written after the fact. */
export function useSettling<T>(isBehind: boolean, { value, again }: Pick<Reading<T>, 'value' | 'again'>): void {
  const left = useRef(TIMES)
  useEffect(() => {
    if (!isBehind) left.current = TIMES
    if (!isBehind || value === null || left.current === 0) return
    const timer = setTimeout(() => {
      left.current -= 1
      again()
    }, FOLLOW)
    return () => clearTimeout(timer)
  }, [isBehind, value, again])
}
