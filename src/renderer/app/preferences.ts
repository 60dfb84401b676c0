import { create } from 'zustand'
import { readPreferences, type Preferences } from './preferences-schema.ts'

const KEY = 'usher-preferences'

/** What this window remembers from one start to the next; never a secret. */
export const usePreferences = create<Preferences>()(() => readPreferences(localStorage.getItem(KEY)))

export function setPreferences(change: Partial<Preferences>): void {
  usePreferences.setState(change)
  try {
    localStorage.setItem(KEY, JSON.stringify(usePreferences.getState()))
  } catch {
    // A storage that is full or forbidden keeps nobody from acting: then it is remembered until the window closes.
  }
}

/** Puts a reason first among those offered again; none is not remembered. */
export function rememberReason(written: string): void {
  const reason = written.trim()
  if (reason === '') return
  const others = usePreferences.getState().recentReasons.filter((known) => known !== reason)
  setPreferences({ recentReasons: [reason, ...others].slice(0, 5) })
}
