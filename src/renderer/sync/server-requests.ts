import type { SyncAnswer, SyncRequest } from '#shared/contract/http-sync.ts'
import type { ServerReport } from '#shared/contract/ipc-sync.ts'
import { bridge, readRefusal } from '../bridge.ts'
import { text } from '../ui/text.ts'

/** What became of a request, in one line. */
export type Outcome = { readonly ok: boolean; readonly message: string }

/** Sweeps, cleans, starts or stops, and says what that did. */
export async function controlSync(action: SyncRequest['action']): Promise<Outcome> {
  const name = text.sync.control[action]
  try {
    return { ok: true, message: `${name}: ${describeAnswer(await bridge().controlSync({ action }))}.` }
  } catch (error) {
    return { ok: false, message: `${name}: ${readRefusal(error).message}` }
  }
}

/** The server's budget and matches, or why they can't be read. */
export async function readServer(): Promise<ServerReport | string> {
  try {
    return await bridge().readServer({})
  } catch (error) {
    return readRefusal(error).message
  }
}

function describeAnswer({ synced, drift, cleaned, running }: SyncAnswer): string {
  const { done } = text.sync
  const parts = [
    synced === undefined ? [] : done.synced(synced),
    drift === undefined ? [] : done.drift(drift),
    cleaned === undefined ? [] : done.cleaned(cleaned),
    running === undefined ? [] : running ? done.started : done.stopped,
  ]
  return parts.flat().join(', ')
}
