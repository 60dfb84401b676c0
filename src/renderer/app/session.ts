import { create } from 'zustand'
import type { Push } from '#shared/contract/ipc.ts'
import type { Measure } from '#shared/domain/measure.ts'
import { bridge, findBridge, readRefusal } from '../bridge.ts'
import { applyPushes } from './apply-push.ts'
import { holdDetail } from './apply-open-room.ts'
import { applySnapshot, initialSession, newOpenRoom, type OpenRoom, type SessionState } from './session-state.ts'

/** The facts of this window. Changed by this file and `actions.ts` alone. */
export const useSession = create<SessionState>()(() => initialSession(Date.now()))

/** Follows the host's pushes and asks for the first snapshot; returns what stops it. */
export function startSession(): () => void {
  const stopPushes = findBridge()?.onPushes(takePushes)
  void requestSnapshot()
  return () => stopPushes?.()
}

/** Asks the host for the session; also what "Try again" does. */
export async function requestSnapshot(): Promise<void> {
  useSession.setState({ start: { phase: 'starting', since: Date.now() } })
  try {
    const snapshot = await bridge().startSession({})
    useSession.setState((state) => applySnapshot(state, snapshot))
    askForOpenRoom()
  } catch (error) {
    const why = readRefusal(error).message
    // An answer that came in between, by a push, is worth more than this failure.
    useSession.setState((state) =>
      state.start.phase === 'started'
        ? state
        : { start: { phase: 'failed', why }, connection: { state: 'offline', since: Date.now(), why } },
    )
  }
}

/** Opens a room; from here on it is followed until `leaveRoom`. */
export function openRoom(room: string): void {
  if (useSession.getState().open?.room !== room) useSession.setState({ open: newOpenRoom(room) })
  askForOpenRoom()
}

/** Asks again for the room that is open, after a refusal. */
export function retryOpenRoom(): void {
  changeOpen((open) => ({ ...open, ask: 'needed', why: null }))
  askForOpenRoom()
}

/** Reads the open room anew from the server; what is held stays on the screen meanwhile. */
export async function rereadOpenRoom(): Promise<void> {
  const { open } = useSession.getState()
  if (open === null || open.ask !== 'held') return
  changeOpen((current) => ({ ...current, ask: 'asked', early: [] }))
  // The host follows a room once, however often it is opened: only who left it is told it anew.
  await findBridge()
    ?.leaveRoom({ room: open.room })
    .catch(() => {})
  if (useSession.getState().open?.room === open.room) await ask(open.room)
}

/** What is in force in the open room, as it was read anew. */
export function showMeasures(room: string, measures: Measure[]): void {
  changeOpen((open) => (open.room !== room || open.facts === null ? open : { ...open, facts: { ...open.facts, measures } }))
}

export function leaveRoom(room: string): void {
  if (useSession.getState().open?.room !== room) return
  useSession.setState({ open: null })
  // A host that is gone has nothing left to leave; its refusal changes nothing here.
  void findBridge()
    ?.leaveRoom({ room })
    .catch(() => {})
}

function takePushes(pushes: readonly Push[]): void {
  // A push that comes before the snapshot is older than the snapshot: transports keep the order.
  const relevant = useSession.getState().start.phase === 'started' ? pushes : pushes.slice(firstReset(pushes))
  if (relevant.length === 0) return
  useSession.setState((state) => applyPushes(state, relevant))
  askForOpenRoom()
}

function firstReset(pushes: readonly Push[]): number {
  const index = pushes.findIndex((push) => push.name === 'session_reset')
  return index === -1 ? pushes.length : index
}

function askForOpenRoom(): void {
  const { open, start } = useSession.getState()
  if (open === null || open.ask !== 'needed' || start.phase !== 'started') return
  changeOpen((current) => ({ ...current, ask: 'asked' }))
  void ask(open.room)
}

async function ask(room: string): Promise<void> {
  try {
    const { detail } = await bridge().openRoom({ room })
    // `null`: not known yet, a `room_reset` brings it.
    if (detail !== null) changeOpen((open) => (open.room === room ? holdDetail(open, detail) : open))
  } catch (error) {
    const why = readRefusal(error).message
    changeOpen((open) => (open.room === room && open.ask === 'asked' ? { ...open, ask: 'refused', why } : open))
  }
  askForOpenRoom()
}

function changeOpen(change: (open: OpenRoom) => OpenRoom): void {
  useSession.setState((state) => (state.open === null ? state : { open: change(state.open) }))
}
