import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { randomUUID } from 'node:crypto'
import { disposeRtc } from '#demo/rtc.ts'
import type { SocketPayload } from '#shared/contract/socket.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

describe.skipIf(peers.livekit === null)('a sync server beside a real livekit-server', () => {
  let stack: Stack
  let url: string
  const consoles: ConsoleClient[] = []

  beforeAll(async () => {
    stack = await startStack()
    url = (await stack.serve(0)).url
  })
  afterEach(() => {
    for (const client of consoles.splice(0)) client.close()
  })
  afterAll(async () => {
    await stack.stop()
    await disposeRtc()
  })

  async function openConsole(): Promise<ConsoleClient> {
    const client = await connectConsole(url)
    consoles.push(client)
    return client
  }

  it('S4.8 a room created through LiveKit’s API is told as room_started, and shown', async () => {
    const [client, room] = [await openConsole(), freshRoom('created')]
    await stack.api.createRoom({ name: room, metadata: 'hello', maxParticipants: 7 })
    await client.until(() => client.rooms.has(room))
    expect(client.rooms.get(room)).toMatchObject({
      online: 0,
      metadata: 'hello',
      maxParticipants: 7,
      confirmedBy: 'webhook',
      observedAt: null,
    })
    expect(client.feed.map(({ type }) => type)).toContain('room_started')
    await stack.api.deleteRoom(room)
    await client.until(() => !client.rooms.has(room))
  })

  it('S0.3 S2.2 joins, tracks and leaves of a bot arrive, each once', async () => {
    const [client, room] = [await openConsole(), freshRoom('talk')]
    await client.open(room)
    const bot = await stack.join(room, 'ana', { microphone: true })
    await client.until(() => client.participants.get('ana')?.audioEnabled === true)
    expect(client.participants.get('ana')).toMatchObject({
      sid: bot.sid,
      isOnline: true,
      status: 'JOINED',
      role: 'VIEWER',
      kind: 'standard',
      canSpeak: true,
    })
    await bot.leave()
    await client.until(() => client.participants.get('ana')?.isOnline === false)
    expect(client.participants.get('ana')).toMatchObject({ status: 'LEFT', audioEnabled: false, tracks: [] })
    const told = client.feed.filter(({ data }) => data.room?.name === room).map(({ type }) => type)
    expect(told.filter((type) => type === 'participant_joined')).toHaveLength(1)
    expect(told.filter((type) => type === 'participant_left')).toHaveLength(1)
  })

  it('a room that ends sends everybody as left, then leaves the wall; its next session goes on in the same subscription', async () => {
    const [client, room] = [await openConsole(), freshRoom('ends')]
    await client.open(room)
    await Promise.all([stack.join(room, 'ana'), stack.join(room, 'bo', { microphone: true })])
    await client.until(() => client.participants.get('ana')?.isOnline === true && client.participants.get('bo')?.audioEnabled === true)
    // A name that was never heard of has no revision yet: its first one is a gap.
    const before = client.gaps()
    await stack.api.deleteRoom(room)
    await client.until(() => [...client.participants.values()].every(({ isOnline }) => !isOnline))
    expect([...client.participants.values()].map(({ status, tracks }) => [status, tracks])).toEqual([
      ['LEFT', []],
      ['LEFT', []],
    ])
    await client.until(() => !client.rooms.has(room))
    await stack.join(room, 'cy')
    await client.until(() => client.participants.get('cy')?.isOnline === true && client.rooms.get(room)?.online === 1)
    expect(client.gaps()).toBe(before)
  })

  it('D3 mute reaches the bot, and the feed names the operator', async () => {
    const [client, room] = [await openConsole(), freshRoom('mute')]
    await client.open(room)
    const bot = await stack.join(room, 'bo', { microphone: true })
    await client.until(() => client.participants.get('bo')?.audioEnabled === true)
    const muted = new Promise((resolve) => bot.onMuted(resolve))
    const action: SocketPayload<'act'> = {
      actionId: randomUUID(),
      type: 'mute',
      room,
      identity: 'bo',
      sources: ['microphone'],
      reason: 'noise',
      expect: { participantSid: bot.sid },
    }
    expect(await client.ask('act', action)).toMatchObject({ ok: true, targets: [{ identity: 'bo', ok: true }] })
    expect(await muted).toMatchObject({ source: 'microphone', muted: true })
    await client.until(() => client.participants.get('bo')?.audioEnabled === false)
    await client.until(() => client.feed.some(({ type }) => type === 'track_muted'))
    expect(client.feed.find(({ type }) => type === 'track_muted')?.data).toMatchObject({
      operator: 'moderator on shift',
      actionId: action.actionId,
      reason: 'noise',
      cause: 'action',
    })
    const again = await client.ask('act', action)
    expect(again).toMatchObject({ ok: true, actionId: action.actionId })
    expect(client.feed.filter(({ type }) => type === 'track_muted')).toHaveLength(1)
  })

  it('D3 remove disconnects the bot; whom it did not mean is left alone', async () => {
    const [client, room] = [await openConsole(), freshRoom('remove')]
    await client.open(room)
    const bot = await stack.join(room, 'cy')
    await client.until(() => client.participants.get('cy')?.isOnline === true)
    const remove = (meant: object) =>
      ({ actionId: randomUUID(), type: 'remove', room, identity: 'cy', reason: 'spam', expect: meant }) as const
    expect(await client.ask('act', remove({ participantSid: 'PA_another' }))).toMatchObject({
      ok: false,
      code: 'conflict',
      detail: 'changed_meanwhile',
    })
    const reason = new Promise((resolve) => bot.onDisconnected(resolve))
    expect(await client.ask('act', remove({ participantSid: bot.sid }))).toMatchObject({ ok: true, targets: [{ ok: true }] })
    expect(await reason).toBe('PARTICIPANT_REMOVED')
    await client.until(() => client.participants.get('cy')?.isOnline === false)
    await client.until(() => client.feed.some(({ type }) => type === 'participant_removed'))
    expect(client.feed.find(({ type }) => type === 'participant_removed')?.data).toMatchObject({
      operator: 'moderator on shift',
      reason: 'spam',
    })
    expect(await client.ask('act', remove({}))).toMatchObject({ ok: false, code: 'not_found', detail: 'participant_gone' })
  })

  it('refuses what the contract does not know or allow, each with a code, and changes nothing', async () => {
    const client = await openConsole()
    expect(await client.send('drop_tables', {})).toMatchObject({ ok: false, code: 'invalid' })
    expect(await client.send('__proto__', {})).toMatchObject({ ok: false, code: 'invalid' })
    expect(await client.send('subscribe_room', { room: 7 })).toMatchObject({ ok: false, code: 'invalid' })
    expect(await client.send('act', { type: 'remove', actionId: 'x' })).toMatchObject({ ok: false, code: 'invalid' })
    expect(await client.send('act', { type: 'dance', actionId: randomUUID() })).toMatchObject({ ok: false, code: 'invalid' })
    const noReason = { actionId: randomUUID(), type: 'remove', room: 'r', identity: 'i' }
    expect(await client.send('act', noReason)).toMatchObject({ ok: false, code: 'invalid' })
    expect(await client.send('subscribe_feed', { cursor: 'x-1' })).toMatchObject({ ok: false, code: 'conflict' })
    await expect(connectConsole(url, 'nobody')).rejects.toMatchObject({ data: { ok: false, code: 'unauthorized' } })
  })

  it('S4.1 takes only signed webhooks, on each of its paths', async () => {
    for (const path of ['/api/livekit-webhook', '/api/webhooks/livekit', '/api/livekit/webhook']) {
      const answer = await fetch(`${url}${path}`, {
        method: 'POST',
        body: '{"event":"room_started"}',
        headers: { 'content-type': 'application/webhook+json' },
      })
      expect(answer.status).toBe(401)
      expect(await answer.json()).toMatchObject({ ok: false, code: 'unauthorized' })
    }
    const large = await fetch(`${url}/api/livekit-webhook`, { method: 'POST', body: 'x'.repeat(1_100_000) })
    expect(large.status).toBe(413)
  })

  it('answers over HTTP: pages of rooms, one room, health, and refusals as the contract says', async () => {
    const [client, room] = [await openConsole(), freshRoom('http/a?b')]
    await stack.api.createRoom({ name: room })
    await client.until(() => client.rooms.has(room))
    const get = (path: string, token: string | null = adminToken) =>
      fetch(`${url}${path}`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } })
    expect(await (await get(`/api/rooms?q=HTTP/A`)).json()).toMatchObject({ rooms: [{ room }] })
    expect(await (await get(`/api/rooms/${encodeURIComponent(room)}`)).json()).toMatchObject({
      room,
      participants: [],
      measures: [],
      viewers: [],
    })
    expect((await get('/api/rooms/none')).status).toBe(404)
    expect((await get('/api/rooms', null)).status).toBe(401)
    expect((await get('/api/rooms?limit=0')).status).toBe(400)
    expect((await get('/healthz', null)).status).toBe(200)
    expect((await get('/readyz', null)).status).toBe(200)
    expect(await (await get('/nowhere')).json()).toMatchObject({ ok: false, code: 'not_found' })
  })
})
