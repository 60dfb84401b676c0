import type { z } from 'zod'
import type { failureSchema } from '../domain/failure.ts'
import { actionPushes, actionRequests } from './ipc-actions.ts'
import { profilePushes, profileRequests } from './ipc-profiles.ts'
import { recordRequests } from './ipc-records.ts'
import { roomPushes, roomRequests } from './ipc-rooms.ts'
import { sessionPushes, sessionRequests } from './ipc-session.ts'
import { settingsRequests } from './ipc-settings.ts'
import { syncPushes, syncRequests } from './ipc-sync.ts'

/** Joins the features' slices; two that declare the same name are a mistake, and it fails at once. */
function join<const Slices extends readonly object[]>(slices: Slices): Merge<Slices> {
  const joined: Record<string, unknown> = {}
  for (const slice of slices) {
    for (const [name, entry] of Object.entries(slice)) {
      if (Object.hasOwn(joined, name)) throw new Error(`two slices of the IPC contract declare ${name}`)
      joined[name] = entry
    }
  }
  // The loop above copies every entry of every slice, which is what Merge says.
  return joined as Merge<Slices>
}
type Merge<Slices extends readonly object[]> = Slices extends readonly [infer First, ...infer Rest extends readonly object[]]
  ? First & Merge<Rest>
  : unknown

/** What a window may ask of its host: a payload and a value each. */
export const requests = join([
  sessionRequests,
  roomRequests,
  actionRequests,
  profileRequests,
  syncRequests,
  settingsRequests,
  recordRequests,
])
export type Requests = typeof requests
export type RequestName = keyof Requests
export type RequestPayload<N extends RequestName> = z.input<Requests[N]['payload']>
export type RequestValue<N extends RequestName> = z.infer<Requests[N]['value']>

/** What a host pushes to its windows, in order, batched. */
export const pushes = join([sessionPushes, roomPushes, actionPushes, profilePushes, syncPushes])
export type Pushes = typeof pushes
export type PushName = keyof Pushes
export type Push = { [N in PushName]: { readonly name: N; readonly payload: z.infer<Pushes[N]> } }[PushName]

export function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(requests, name)
}

/** What comes back for a request, on every transport. */
export type IpcReply = { readonly ok: true; readonly value: unknown } | z.infer<typeof failureSchema>
