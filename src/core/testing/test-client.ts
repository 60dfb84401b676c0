import { pushes, requests, type IpcReply, type Push, type PushName, type RequestName } from '#shared/contract/ipc.ts'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import type { Core, CoreClient } from '../core.ts'

/** For tests: a window that checks every value and push against the contract and remembers them all. */
export type TestClient = {
  readonly ask: (name: RequestName, payload?: unknown) => Promise<IpcReply>
  readonly snapshot: () => Promise<SessionSnapshot>
  readonly pushed: Push[]
  readonly payloads: (name: PushName) => unknown[]
  /** The state of each connection that was pushed. */
  readonly states: () => string[]
  /** All that ever reached this window, as text. */
  readonly everything: () => string
  readonly close: CoreClient['close']
}

export function connectTestClient(core: Core): TestClient {
  const pushed: Push[] = []
  const replies: IpcReply[] = []
  const client = core.connect((batch) => {
    for (const push of batch) {
      pushes[push.name].parse(push.payload)
      pushed.push(push)
    }
  })
  async function ask(name: RequestName, payload: unknown = {}): Promise<IpcReply> {
    const reply = await client.request(name, payload)
    if (reply.ok) requests[name].value.parse(reply.value)
    replies.push(reply)
    return reply
  }
  return {
    ask,
    pushed,
    close: client.close,
    payloads: (name) => pushed.filter((push) => push.name === name).map((push) => push.payload),
    states: () => pushed.flatMap((push) => (push.name === 'connection_changed' ? [push.payload.state] : [])),
    everything: () => JSON.stringify([pushed, replies]),
    async snapshot() {
      const reply = await ask('start_session')
      if (!reply.ok) throw new Error(reply.message)
      return requests.start_session.value.parse(reply.value)
    },
  }
}
