import { isRequestName, requests, type IpcReply, type RequestName } from '#shared/contract/ipc.ts'
import { describeIssue, fail, succeed } from '#shared/domain/failure.ts'
import type { Log } from '../ports.ts'
import type { Handler, HandlerContext, HandlersFor } from './context.ts'
import { actionHandlers } from './action-handlers.ts'
import { profileHandlers } from './profile-handlers.ts'
import { recordHandlers } from './record-handlers.ts'
import { roomHandlers } from './room-handlers.ts'
import { settingsHandlers } from './settings-handlers.ts'
import { syncHandlers } from './sync-handlers.ts'

/** One function per request of the IPC contract; they know no host. */
const handlers = {
  start_session(_payload, { snapshot, client }) {
    client.snapshotTaken()
    return succeed(snapshot())
  },
  ...actionHandlers,
  ...roomHandlers,
  ...profileHandlers,
  ...syncHandlers,
  ...settingsHandlers,
  ...recordHandlers,
} satisfies HandlersFor<RequestName>

/** Answers a request of any name and payload with a value or a `Failure`; never throws. */
export async function handleRequest(name: string, payload: unknown, context: HandlerContext, log: Log): Promise<IpcReply> {
  if (!isRequestName(name)) {
    log('warn', 'a window asked for a request that the contract does not know')
    return fail('invalid', 'there is no such request')
  }
  const parsed = requests[name].payload.safeParse(payload)
  if (!parsed.success) {
    log('warn', `a window sent ${name} with a payload of the wrong form`)
    return fail('invalid', describeIssue(parsed.error))
  }
  try {
    // The payload was parsed by the schema of this very name, which is the type its handler takes.
    return await (handlers[name] as Handler<RequestName>)(parsed.data, context)
  } catch (error) {
    log('error', `the handler of ${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown'}`)
    return fail('internal', 'something went wrong in Usher itself; its log says more')
  }
}
