import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { observeGrantSchema } from '#shared/contract/http.ts'
import { disposeRtc, loadRtc } from '#demo/rtc.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

describe.skipIf(peers.livekit === null)('somebody who observes a room unseen', () => {
  let stack: Stack
  let client: ConsoleClient
  let url: string

  beforeAll(async () => {
    stack = await startStack()
    url = (await stack.serve(0)).url
    client = await connectConsole(url)
  })
  afterAll(async () => {
    client.close()
    await stack.stop()
    await disposeRtc()
  })

  function ask(room: string, mode = 'signals', token = adminToken): Promise<Response> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    return fetch(`${url}/api/observe`, { method: 'POST', headers, body: JSON.stringify({ room, mode }) })
  }

  async function observe(room: string) {
    const grant = observeGrantSchema.parse(await (await ask(room)).json())
    const rtc = await loadRtc()
    const observer = new rtc.Room()
    await observer.connect(grant.url, grant.token, { autoSubscribe: true, dynacast: false })
    return observer
  }

  it('S4.5 is seen by no bot, who by then sees somebody that came later', async () => {
    const room = freshRoom('unseen')
    const bot = await stack.join(room, 'ana')
    await client.until(() => client.rooms.has(room))
    const observer = await observe(room)
    await stack.join(room, 'bo')
    // LiveKit tells the others of somebody who publishes nothing some seconds late.
    await expect.poll(() => bot.others(), { timeout: 20_000 }).toContain('bo')
    expect(bot.others()).toEqual(['bo'])
    await observer.disconnect()
  })

  it('S4.5 is in no list or count, takes no seat, and does not keep the room open', async () => {
    const room = freshRoom('one seat')
    await stack.api.createRoom({ name: room, maxParticipants: 1, departureTimeout: 1 })
    await client.until(() => client.rooms.has(room))
    const observer = await observe(room)
    const seen = new Promise<string>((resolve) => observer.once('participantConnected', ({ identity }) => resolve(identity)))
    const bot = await stack.join(room, 'ana')
    expect(await seen).toBe('ana')
    await client.until(() => client.rooms.get(room)?.online === 1)
    await client.open(room)
    expect([...client.participants.keys()]).toEqual(['ana'])
    expect((await stack.api.listParticipants(room)).length).toBe(2)
    expect(client.feed.some(({ data }) => data.participant?.identity.startsWith('usher-observer'))).toBe(false)
    const closed = new Promise((resolve) => observer.once('disconnected', resolve))
    await bot.leave()
    await client.until(() => client.feed.some(({ type, data }) => type === 'room_finished' && data.room?.name === room))
    await client.until(() => !client.rooms.has(room))
    await closed
    expect((await stack.api.listRooms([room])).length).toBe(0)
  })

  it('gets a token only for a room that is live, which it could otherwise create, and only as the contract says', async () => {
    expect(await (await ask(freshRoom('nowhere'))).json()).toMatchObject({ ok: false, code: 'not_found', detail: 'room_gone' })
    expect(await (await ask('any', 'listen')).json()).toMatchObject({ ok: false, code: 'unsupported' })
    expect(await (await ask('any', 'stare')).json()).toMatchObject({ ok: false, code: 'invalid' })
    expect((await ask('any', 'signals', 'nobody')).status).toBe(401)
  })
})
