import { useEffect, useState } from 'react'

/** A value that follows once it has stayed the same for so long (ms). */
export function useDebounced<T>(value: T, calm: number): T {
  const [held, setHeld] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setHeld(value), calm)
    return () => clearTimeout(timer)
  }, [value, calm])
  return held
}
