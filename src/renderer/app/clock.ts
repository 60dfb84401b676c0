import { create } from 'zustand'

/** The time in UTC ms, moved on once a second for the whole page: no component has a timer of its own. */
export const useClock = create<{ readonly now: number }>()(() => ({ now: Date.now() }))

/** Starts the page's clock; returns what stops it. */
export function startClock(): () => void {
  const timer = setInterval(() => useClock.setState({ now: Date.now() }), 1_000)
  return () => clearInterval(timer)
}

/** A text that depends on the time: the component draws again only when the text becomes another. */
export function useTimeText(format: (now: number) => string): string {
  return useClock((clock) => format(clock.now))
}
