import { useEffect } from 'react'
import { create } from 'zustand'
import type { Signals } from '../observe/signals.ts'
import { see, type SeenHistory } from './seen-history.ts'

/** What was seen in the open room since it was opened. */
export const useSeen = create<{ readonly room: string; readonly since: number; readonly history: SeenHistory }>()(() => ({
  room: '',
  since: Date.now(),
  history: new Map(),
}))

/** Keeps what is seen in a room while its page is open. */
export function useSeeing(room: string, signals: Signals): void {
  useEffect(() => useSeen.setState({ room, since: Date.now(), history: new Map() }), [room])
  useEffect(() => useSeen.setState(({ history }) => ({ history: see(history, signals, Date.now()) })), [signals])
}
