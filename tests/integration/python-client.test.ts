import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { socketPushes, socketRequests } from '#shared/contract/socket.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { runPython, type PythonScript } from '../harness/python.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const script = join(import.meta.dirname, 'python-client.py')

describe.skipIf(peers.livekit === null || peers.python === null)('a client that is not JavaScript', () => {
  let stack: Stack
  let url: string

  beforeAll(async () => {
    stack = await startStack()
    url = (await stack.serve(0)).url
  })
  afterAll(async () => {
    await stack.stop()
    await disposeRtc()
  })

  function told(client: PythonScript, name: string): unknown[] {
    return client.lines
      .map((line) => z.tuple([z.string(), z.unknown()]).parse(line))
      .flatMap(([is, payload]) => (is === name ? [payload] : []))
  }

  it('S0.4 python-socketio subscribes to the rooms and to one of them, and is told who joins and who leaves', async () => {
    const room = freshRoom('python')
    const client = runPython(peers.python ?? '', script, [url, adminToken, room])
    const updates = () => told(client, 'participants_update').map((update) => socketPushes.participants_update.parse(update))

    await expect.poll(() => told(client, 'subscribe_room').length, { timeout: 15_000 }).toBe(1)
    expect(socketRequests.subscribe_rooms.ack.parse(told(client, 'subscribe_rooms')[0]).rooms).toEqual([])
    const { room: detail } = socketRequests.subscribe_room.ack.parse(told(client, 'subscribe_room')[0])
    expect(detail.participants).toEqual([])

    const bot = await stack.join(room, 'ana')
    await expect.poll(() => updates().at(-1)?.online, { timeout: 15_000 }).toBe(1)
    expect(updates().flatMap(({ changed }) => changed)).toContainEqual(expect.objectContaining({ identity: 'ana', isOnline: true }))
    await expect
      .poll(() => told(client, 'rooms_update').map((update) => socketPushes.rooms_update.parse(update).changed[0]?.room), {
        timeout: 15_000,
      })
      .toContain(room)

    await bot.leave()
    expect(await client.ended).toBe(0)
    expect(updates().at(-1)).toMatchObject({ room, online: 0 })
    const revisions = updates().map(({ revision }) => revision)
    expect(revisions).toEqual(revisions.map((_, index) => (revisions[0] ?? 0) + index))
  })

  it('S0.4 python-socketio with a token that nobody knows is refused', async () => {
    const client = runPython(peers.python ?? '', script, [url, 'nobody', 'any'])
    expect(await client.ended).toBe(1)
    expect(told(client, 'connect_error')).toEqual([expect.objectContaining({ data: expect.objectContaining({ code: 'unauthorized' }) })])
  })
})
