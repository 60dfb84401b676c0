import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { disposeRtc } from '#demo/rtc.ts'
import { observerStatusSchema, type ObserverStatus } from '#shared/contract/observer-status.ts'
import { recordSocket, type SocketRecorder } from '../harness/socket-recorder.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

afterAll(disposeRtc)

describe.skipIf(peers.livekit === null)('how the observers fare', () => {
  let stack: Stack
  const sockets: SocketRecorder[] = []

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close()
    await stack.stop()
  })

  async function connect(url: string): Promise<SocketRecorder> {
    const socket = await recordSocket(url, adminToken)
    sockets.push(socket)
    return socket
  }

  it('S1.7 is told to each operator who connects, and to all when rooms begin to be observed', async () => {
    stack = await startStack()
    const server = await stack.serve(0, { observeRooms: 5 })
    const first = await connect(server.url)
    await first.until(() => told(first).length > 0)
    expect(told(first)).toEqual([{ slots: 5, observed: 0, rooms: 0, turnMs: 0, withoutMedia: 0, trouble: null }])
    await Promise.all(['one', 'two'].map((name) => stack.join(freshRoom(name), 'ana')))
    await first.until(() => told(first).at(-1)?.observed === 2)
    expect(told(first).at(-1)).toEqual({ slots: 5, observed: 2, rooms: 2, turnMs: 0, withoutMedia: 0, trouble: null })
    const second = await connect(server.url)
    await second.until(() => told(second).length > 0)
    expect(told(second)).toEqual([told(first).at(-1)])
  })

  it('S1.7 says so where nothing is observed', async () => {
    stack = await startStack({ webhooksTo: [] })
    const server = await stack.serve(0, { observeRooms: 0 })
    const socket = await connect(server.url)
    await socket.until(() => told(socket).length > 0)
    expect(told(socket)).toEqual([{ slots: 0, observed: 0, rooms: 0, turnMs: 0, withoutMedia: 0, trouble: null }])
  })
})

function told(socket: SocketRecorder): ObserverStatus[] {
  return socket.payloads('observer_status').map((payload) => observerStatusSchema.parse(payload))
}
