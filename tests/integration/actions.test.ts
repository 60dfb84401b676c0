import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AccessToken } from 'livekit-server-sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Action, ActionResult } from '#shared/domain/action.ts'
import type { Bot, BotMessage } from '#demo/bot.ts'
import { disposeRtc } from '#demo/rtc.ts'
import type { SyncServer } from '#server/server.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { recordSocket } from '../harness/socket-recorder.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const done = { ok: true, targets: [{ ok: true }] }

/** What a console sees of one room, and what an operator does there. */
async function openRoom(stack: Stack, server: SyncServer, identities: readonly string[], publish = { microphone: true }) {
  const room = freshRoom('actions')
  const bots = new Map<string, Bot>()
  for (const identity of identities) bots.set(identity, await stack.join(room, identity, publish))
  const console = await connectConsole(server.url)
  await console.open(room)
  await console.until(() =>
    identities.every((identity) => console.participants.get(identity)?.tracks.length === (publish.microphone ? 1 : 0)),
  )
  const act = async (type: Action['type'], more: object): Promise<ActionResult> => {
    const action = { actionId: crypto.randomUUID(), type, room, ...more }
    // Each test gives what its type needs; the server checks it.
    return console.ask('act', action as Action)
  }
  return {
    room,
    console,
    act,
    bot: (identity: string): Bot => bots.get(identity) ?? expect.fail('no such bot'),
    seen: (identity: string) => console.participants.get(identity),
    /** Until the feed told it, with who did it. */
    told: (type: string, identity?: string) =>
      console.until(() =>
        console.feed.some(
          ({ type: told, data }) =>
            told === type &&
            data.cause === 'action' &&
            data.operator === 'moderator on shift' &&
            data.room?.name === room &&
            data.participant?.identity === identity,
        ),
      ),
    livekit: (identity: string) => stack.api.getParticipant(room, identity),
  }
}

function nextMuted(bot: Bot): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = bot.onMuted(({ muted }) => {
      stop()
      resolve(muted)
    })
  })
}
const disconnected = (bot: Bot) => new Promise((resolve) => void bot.onDisconnected(resolve))
afterAll(disposeRtc)

const message = (bot: Bot) => new Promise<BotMessage>((resolve) => void bot.onMessage(resolve))

describe.skipIf(peers.livekit === null)('D3 what an operator does reaches the people in a real room', () => {
  let stack: Stack
  let server: SyncServer
  const open: ConsoleClient[] = []

  beforeAll(async () => {
    stack = await startStack()
    server = await stack.serve(0)
  })
  beforeEach(() => {
    for (const each of open.splice(0)) each.close()
  })
  afterAll(async () => {
    for (const each of open) each.close()
    await stack.stop()
  })
  async function enter(identities: readonly string[], publish?: { microphone: boolean }) {
    const entered = await openRoom(stack, server, identities, publish)
    open.push(entered.console)
    return entered
  }

  it('mute, mute_track: the microphone is muted, and the feed says by whom; unmuting is refused, and nothing changes', async () => {
    const { act, bot, seen, told, console } = await enter(['ana'])
    const muted = nextMuted(bot('ana'))
    expect(await act('mute', { identity: 'ana', sources: ['microphone'], reason: 'noise' })).toMatchObject(done)
    expect(await muted).toBe(true)
    await told('track_muted', 'ana')
    const again = nextMuted(bot('ana'))
    bot('ana').unmuteMicrophone()
    expect(await again).toBe(false)
    const trackSid = seen('ana')?.tracks[0]?.sid
    const third = nextMuted(bot('ana'))
    expect(await act('mute_track', { identity: 'ana', trackSid })).toMatchObject(done)
    expect(await third).toBe(true)
    expect(await act('unmute', { identity: 'ana', sources: ['microphone'] })).toMatchObject({
      ok: true,
      targets: [{ ok: false, code: 'conflict', detail: 'remote_unmute_disabled' }],
    })
    await console.until(() => seen('ana')?.tracks[0]?.muted === true)
    expect(bot('ana').isMuted()).toBe(true)
    expect(await act('mute_track', { identity: 'ana', trackSid: 'TR_none' })).toMatchObject({
      targets: [{ ok: false, detail: 'track_gone' }],
    })
  })

  it('X6 mute_all: everybody but who is left out, by name and by role', async () => {
    const { act, bot, told, console } = await enter(['ana', 'bo', 'cy', 'di'])
    expect(await act('set_role', { identity: 'cy', role: 'HOST' })).toMatchObject(done)
    await console.until(() => console.participants.get('cy')?.role === 'HOST')
    const muted = Promise.all([nextMuted(bot('ana')), nextMuted(bot('bo'))])
    const result = await act('mute_all', { except: { identities: ['di'], roles: ['HOST'] } })
    expect(result.ok && result.targets.map(({ identity, ok }) => `${identity} ${ok}`).toSorted()).toEqual(['ana true', 'bo true'])
    await muted
    await told('track_muted', 'bo')
    expect(['ana', 'bo', 'cy', 'di'].map((identity) => bot(identity).isMuted())).toEqual([true, true, false, false])
  })

  it('set_permissions: what is taken away is unpublished at once, the rest stays; grant_sources gives it back', async () => {
    const { act, seen, told, console, livekit } = await enter(['ana'])
    expect(await act('set_permissions', { identity: 'ana', permissions: { canPublishSources: ['camera'] } })).toMatchObject(done)
    await told('permission_changed', 'ana')
    await console.until(() => seen('ana')?.tracks.length === 0)
    expect(seen('ana')).toMatchObject({
      canSpeak: false,
      canVideo: true,
      permissions: { canPublishSources: ['camera'], canPublishData: true },
    })
    expect((await livekit('ana')).permission).toMatchObject({
      canPublish: true,
      canPublishData: true,
      canSubscribe: true,
      canPublishSources: [1],
    })
    expect(await act('set_permissions', { identity: 'ana', permissions: { canPublishData: false } })).toMatchObject(done)
    expect((await livekit('ana')).permission).toMatchObject({ canPublishData: false, canPublishSources: [1] })
    expect(await act('grant_sources', { identity: 'ana', sources: ['microphone'] })).toMatchObject(done)
    await console.until(() => seen('ana')?.canSpeak === true)
    expect((await livekit('ana')).permission?.canPublishSources.toSorted((a, b) => a - b)).toEqual([1, 2])
  })

  it('what a measure denies can’t be given by a permission, but granted', async () => {
    const { act, seen, console, livekit } = await enter(['ana'])
    const denied = await act('deny_sources', { identity: 'ana', scope: 'room', sources: ['microphone'], until: null, reason: 'noise' })
    expect(denied).toMatchObject({ ok: true, measureId: expect.any(String) })
    await console.until(() => seen('ana')?.canSpeak === false)
    expect(await act('set_permissions', { identity: 'ana', permissions: { canPublishSources: [] } })).toMatchObject({
      targets: [{ ok: false, code: 'conflict', message: expect.stringContaining('microphone') }],
    })
    expect(await act('grant_sources', { identity: 'ana', sources: ['microphone'] })).toMatchObject(done)
    await console.until(() => seen('ana')?.canSpeak === true)
    // They had all, and have all again.
    expect((await livekit('ana')).permission).toMatchObject({ canPublish: true, canPublishSources: [] })
  })

  it('set_metadata: of somebody, and of the room', async () => {
    const { act, bot, seen, told, console, room } = await enter(['ana'])
    expect(await act('set_metadata', { identity: 'ana', metadata: '<b>guest</b>' })).toMatchObject(done)
    await told('metadata_changed', 'ana')
    await expect.poll(() => bot('ana').metadata().own).toBe('<b>guest</b>')
    expect(seen('ana')?.metadata).toBe('<b>guest</b>')
    expect(await act('set_metadata', { identity: 'ana', metadata: '' })).toMatchObject({ targets: [{ ok: false, code: 'unsupported' }] })
    for (const metadata of ['about us', '']) {
      expect(await act('set_metadata', { metadata })).toMatchObject({ ok: true })
      await expect.poll(() => bot('ana').metadata().room).toBe(metadata)
      await console.until(() => console.rooms.get(room)?.metadata === metadata)
    }
    await told('room_updated')
  })

  it('send_message: to one, and to all', async () => {
    const { act, bot, told } = await enter(['ana', 'bo'], { microphone: false })
    const first = message(bot('ana'))
    expect(await act('send_message', { identity: 'ana', text: 'please, "quiet"' })).toMatchObject(done)
    expect(await first).toEqual({ topic: 'usher', text: JSON.stringify({ v: 1, text: 'please, "quiet"' }) })
    await told('message_sent', 'ana')
    const both = Promise.all([message(bot('ana')), message(bot('bo'))])
    expect(await act('send_message', { text: 'to all' })).toMatchObject({ ok: true, targets: [{ ok: true }, { ok: true }] })
    expect((await both).map(({ text }) => text)).toEqual(['{"v":1,"text":"to all"}', '{"v":1,"text":"to all"}'])
    await told('message_sent')
  })

  it('remove: several at once, with a result for each and how far it is', async () => {
    const { act, bot, told, room } = await enter(['ana', 'bo'], { microphone: false })
    const gone = Promise.all([disconnected(bot('ana')), disconnected(bot('bo'))])
    const socket = await recordSocket(server.url, adminToken)
    const action = { actionId: crypto.randomUUID(), type: 'remove', room, identities: ['ana', 'bo', 'nobody'], reason: 'spam' }
    expect(await socket.ask('act', action)).toMatchObject({
      ok: true,
      targets: [
        { identity: 'ana', ok: true },
        { identity: 'bo', ok: true },
        { identity: 'nobody', ok: false, detail: 'participant_gone' },
      ],
    })
    expect(await gone).toEqual(['PARTICIPANT_REMOVED', 'PARTICIPANT_REMOVED'])
    expect(socket.payloads('action_progress').at(-1)).toEqual({ actionId: action.actionId, done: 3, of: 3, failed: 1 })
    expect(await socket.ask('act', action)).toMatchObject({ ok: true, targets: [{ ok: true }, { ok: true }, { ok: false }] })
    expect(await socket.ask('cancel_action', { actionId: action.actionId })).toMatchObject({ ok: false, code: 'not_found' })
    socket.close()
    await told('participant_removed', 'bo')
    expect(await act('remove', { identity: 'ana', reason: 'again' })).toMatchObject({ ok: false, detail: 'participant_gone' })
  })

  it('close_room: it ends for everybody; who is meant to be in another session is left alone', async () => {
    const { act, bot, room, console } = await enter(['ana'], { microphone: false })
    expect(await act('close_room', { reason: 'x', expect: { roomSid: 'RM_other' } })).toMatchObject({
      ok: false,
      detail: 'changed_meanwhile',
    })
    const gone = disconnected(bot('ana'))
    expect(await act('close_room', { reason: 'late' })).toMatchObject({ ok: true })
    expect(await gone).toBe('ROOM_DELETED')
    await console.until(() => !console.rooms.has(room))
    expect(await act('close_room', { reason: 'late' })).toMatchObject({ ok: false, code: 'not_found', detail: 'room_gone' })
  })

  it('close_room until a time: it ends, and whoever comes again is out again until it is lifted', async () => {
    const { act, bot, room, told } = await enter(['ana'], { microphone: false })
    const gone = disconnected(bot('ana'))
    const closed = await act('close_room', { reason: 'late', until: Date.now() + 600_000 })
    expect(closed).toMatchObject({ ok: true, measureId: expect.any(String) })
    expect(['ROOM_DELETED', 'PARTICIPANT_REMOVED']).toContain(await gone)
    await told('room_finished')
    const again = await stack.join(room, 'bo')
    expect(['ROOM_DELETED', 'PARTICIPANT_REMOVED']).toContain(await disconnected(again))
    expect(await act('lift', { room: undefined, measureId: closed.ok ? closed.measureId : '' })).toMatchObject({ ok: true })
    await stack.join(room, 'cy')
    await expect.poll(async () => (await stack.api.listParticipants(room)).map(({ identity }) => identity)).toEqual(['cy'])
  })

  it('somebody whom the server takes for being there, and who is not: it says so, and reads the room again', async () => {
    const lone = await startStack({ webhooksTo: [] })
    const deaf = await lone.serve(0)
    const room = freshRoom('gone')
    const bot = await lone.join(room, 'ana')
    await deaf.triggerImmediateSync()
    const console = await connectConsole(deaf.url)
    await console.open(room)
    await console.until(() => console.participants.get('ana')?.isOnline === true)
    await bot.leave()
    await expect.poll(() => lone.api.listParticipants(room)).toEqual([])
    const action = { actionId: crypto.randomUUID(), type: 'remove', room, identity: 'ana', reason: 'x' } as const
    expect(await console.ask('act', action)).toMatchObject({ targets: [{ ok: false, detail: 'participant_gone' }] })
    await console.until(() => console.participants.get('ana')?.isOnline === false)
    console.close()
    await lone.stop()
  })
})

describe.skipIf(peers.livekit === null)('X5 where the room is observed', () => {
  it('what an operator changes is told once, with who did it, though the observer sees it first', async () => {
    const stack = await startStack()
    const server = await stack.serve(0, { observeRooms: 10 })
    const { act, console, room, told } = await openRoom(stack, server, ['ana', 'bo'])
    await console.ask('looking', { room })
    await console.until(() => console.rooms.get(room)?.observedAt !== null)
    for (let turn = 0; turn < 5; turn += 1) {
      await act('set_permissions', { identities: ['ana', 'bo'], permissions: { canPublishData: turn % 2 === 1 } })
      await act('set_metadata', { identity: 'ana', metadata: `turn ${turn}` })
      await act('set_metadata', { metadata: `turn ${turn}` })
    }
    await act('mute_all', {})
    await told('track_muted', 'ana')
    const causes = (type: string) => console.feed.filter((event) => event.type === type).map(({ data }) => data.cause)
    await console.until(() => causes('track_muted').length >= 2)
    const counts = { permission_changed: 10, metadata_changed: 5, room_updated: 5, track_muted: 2 }
    const all = Object.entries(counts).map(([type, count]) => [type, Array.from({ length: count }, () => 'action')])
    expect(Object.keys(counts).map((type) => [type, causes(type)])).toEqual(all)
    console.close()
    await stack.stop()
  })
})

describe.skipIf(peers.livekit === null)('D3 with room.enable_remote_unmute', () => {
  it('unmute works', async () => {
    const stack = await startStack({ roomSettings: { enable_remote_unmute: true } })
    const server = await stack.serve(0)
    const { act, bot, told, console } = await openRoom(stack, server, ['ana'])
    const muted = nextMuted(bot('ana'))
    await act('mute', { identity: 'ana', sources: ['microphone'] })
    expect(await muted).toBe(true)
    const unmuted = nextMuted(bot('ana'))
    expect(await act('unmute', { identity: 'ana', sources: ['microphone'] })).toMatchObject(done)
    expect(await unmuted).toBe(false)
    await told('track_unmuted', 'ana')
    console.close()
    await stack.stop()
  })
})

/** A LiveKit's server API for who may list and create rooms, and nothing in them. */
async function withoutRoomAdmin({ livekit }: Stack) {
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret)
  token.addGrant({ roomList: true, roomCreate: true })
  const authorization = `Bearer ${await token.toJwt()}`
  const { hostname, port } = new URL(livekit.url)
  let isStrict = false
  const proxy = createServer((incoming, outgoing) => {
    const headers = isStrict ? { ...incoming.headers, authorization } : incoming.headers
    const onward = request({ hostname, port, path: incoming.url, method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has an address with a port.
  const address = proxy.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}`,
    beStrict: () => (isStrict = true),
    close: () => (proxy.closeAllConnections(), proxy.close()),
  }
}

describe.skipIf(peers.livekit === null)('D3 with a key that lacks roomAdmin', () => {
  it('each action that needs it says so, and nothing is shown as done', async () => {
    const stack = await startStack()
    const proxy = await withoutRoomAdmin(stack)
    const server = await stack.serve(0, { livekitHost: proxy.url })
    const { act, seen, bot, console } = await openRoom(stack, server, ['ana'])
    proxy.beStrict()
    const lacks = { code: 'forbidden', detail: 'key_lacks_grant' }
    const onAna: [Action['type'], object][] = [
      ['mute', { sources: ['microphone'] }],
      ['remove', { reason: 'x' }],
      ['set_permissions', { permissions: { canSubscribe: false } }],
      ['set_metadata', { metadata: 'x' }],
      ['send_message', { text: 'x' }],
    ]
    for (const [type, more] of onAna) {
      expect([type, await act(type, { identity: 'ana', ...more })]).toMatchObject([type, { ok: true, targets: [{ ok: false, ...lacks }] }])
    }
    expect(await act('set_metadata', { metadata: 'x' })).toMatchObject({ ok: false, ...lacks })
    expect(bot('ana').isMuted()).toBe(false)
    expect(seen('ana')).toMatchObject({ isOnline: true, metadata: '', permissions: { canSubscribe: true }, tracks: [{ muted: false }] })
    expect(console.feed.some(({ data }) => data.cause === 'action')).toBe(false)
    console.close()
    proxy.close()
    await stack.stop()
  })
})
