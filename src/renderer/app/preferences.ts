import { create } from 'zustand'
import { readPreferences, type Preferences } from './preferences-schema.ts'

const KEY = 'usher-preferences'

/** What this window remembers from one start to the next; never a secret. */
export const usePreferences = create<Preferences>()(() => readPreferences(localStorage.getItem(KEY)))

export function setPreferences(change: Partial<Preferences>): void {
  usePreferences.setState(change)
  localStorage.setItem(KEY, JSON.stringify(usePreferences.getState()))
}

/** Puts a reason first among those offered again. */
export function rememberReason(reason: string): void {
  const others = usePreferences.getState().recentReasons.filter((known) => known !== reason)
  setPreferences({ recentReasons: [reason, ...others].slice(0, 5) })
}
