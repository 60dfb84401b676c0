import { create } from 'zustand'

/** The one polite live region: results of actions, never who speaks. */
export const useAnnouncement = create<{ readonly message: string }>()(() => ({ message: '' }))

export function announce(message: string): void {
  // A text that is the same as the last one is not read again; a trailing space makes it another.
  useAnnouncement.setState((current) => ({ message: current.message === message ? `${message}\u00a0` : message }))
}
