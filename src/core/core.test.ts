import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fail } from '#shared/domain/failure.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { createCore, type Core } from './core.ts'
import type { SecretStore } from './ports.ts'
import { createFakeLauncher, createMemorySecrets } from './testing/fake-launcher.ts'
import { sampleAction, sampleDetail, sampleEvent, sampleParticipant, sampleSummary, sampleUpdate } from './testing/samples.ts'
import { createScriptedLauncher, type ScriptedLauncher } from './testing/scripted-launcher.ts'
import { eventually, startScriptedServer, type ScriptedServer } from './testing/scripted-server.ts'
import { connectTestClient, type TestClient } from './testing/test-client.ts'

const livekit = { kind: 'livekit', url: 'ws://127.0.0.1:7880', apiKey: 'demo-key', apiSecret: 'demo-secret', presenceUrl: null } as const
const direct: Profile = {
  kind: 'direct',
  id: 'direct',
  name: 'Ours',
  livekitUrl: 'wss://lk.example',
  apiKey: 'direct-key',
  apiSecret: 'direct-secret',
  redisUrl: 'redis://:redis-password@cache.example',
}

describe('the core', () => {
  let launcher: ScriptedLauncher
  let core: Core
  let window: TestClient
  let granted: unknown
  const asked: { authorization: string | undefined; url: string | undefined }[] = []
  const log = vi.fn()

  beforeEach(() => {
    log.mockClear()
    asked.length = 0
    granted = { token: 'observer-token', url: livekit.url, until: 5 }
    launcher = createScriptedLauncher({
      http(request, response) {
        asked.push({ authorization: request.headers.authorization, url: request.url })
        response.end(JSON.stringify(granted))
      },
    })
  })
  afterEach(async () => {
    await core.dispose()
    for (const child of [...launcher.servers, ...launcher.demos]) expect(child.isStopped() || child.hasEnded()).toBe(true)
  })
  async function start(options: { secrets?: SecretStore; fallback?: 'demo' | null } = {}): Promise<void> {
    core = await createCore({
      version: '1.2.3',
      launcher,
      secrets: options.secrets ?? createMemorySecrets(),
      log,
      fallback: options.fallback ?? null,
    })
    window = connectTestClient(core)
  }
  async function startDemo(running: Parameters<(typeof launcher.demos)[number]['run']>[0] = livekit): Promise<void> {
    await start({ fallback: 'demo' })
    await eventually(() => expect(launcher.demos).toHaveLength(1))
    launcher.demos[0]?.run(running)
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
  }
  function saved(...profiles: Profile[]): SecretStore {
    return createMemorySecrets(JSON.stringify({ version: 1, selected: profiles[0]?.id ?? null, profiles }))
  }

  describe('demo', () => {
    it('starts the demo, a sync server that its webhooks reach, and links to it', async () => {
      await startDemo()
      const settings = launcher.servers[0]?.settings
      expect(launcher.demos[0]?.settings).toEqual({ webhookUrl: `http://127.0.0.1:${settings?.port}/api/livekit-webhook` })
      expect(settings).toMatchObject({
        host: '127.0.0.1',
        livekitHost: livekit.url,
        livekitKeys: [{ key: 'demo-key', secret: 'demo-secret' }],
        admin: { name: 'you' },
        presenceUrl: null,
      })
      expect(launcher.server().handshakes).toEqual([{ token: settings?.admin?.token, protocol: 1 }])
      expect(await window.snapshot()).toMatchObject({
        version: '1.2.3',
        profile: { kind: 'demo', selected: true, address: null },
        operator: { name: 'mo', role: 'moderator' },
        connection: { state: 'live', why: null },
        rooms: [],
      })
    })

    it('S4.6 starts a crashed sync server again within a second, says so meanwhile, and is live again', async () => {
      await startDemo()
      const before = window.states().length
      const crashedAt = performance.now()
      launcher.servers[0]?.crash()
      await eventually(() => expect(window.states().slice(before)).toEqual(['reconnecting', 'reconnecting', 'degraded', 'live']))
      expect(performance.now() - crashedAt).toBeLessThan(1_000)
      expect(window.payloads('connection_changed')[before]).toMatchObject({
        why: 'the embedded sync server ended by itself; starting it again',
      })
      expect(launcher.servers[1]?.settings).toEqual(launcher.servers[0]?.settings)
    })

    it('starts a crashed demo again, and the sync server with what is new', async () => {
      await startDemo()
      launcher.demos[0]?.crash()
      await eventually(() => expect(launcher.demos).toHaveLength(2))
      launcher.demos[1]?.run({ ...livekit, apiKey: 'demo-key-2' })
      await eventually(() => expect(launcher.servers).toHaveLength(2))
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
      expect(launcher.servers[0]?.isStopped()).toBe(true)
      expect(launcher.servers[1]?.settings).toMatchObject({
        port: launcher.servers[0]?.settings.port,
        livekitKeys: [{ key: 'demo-key-2', secret: 'demo-secret' }],
      })
    })

    it('that could not start is offline with its line', async () => {
      await start({ fallback: 'demo' })
      await eventually(() => expect(launcher.demos).toHaveLength(1))
      launcher.demos[0]?.fail('no port is free')
      await eventually(() =>
        expect(window.payloads('connection_changed').at(-1)).toMatchObject({ state: 'offline', why: 'no port is free' }),
      )
    })

    it('gives a token to observe a room, asked for as this operator', async () => {
      await startDemo()
      expect(await window.ask('observe_room', { room: 'lobby' })).toEqual({ ok: true, value: granted })
      expect(asked).toEqual([{ url: '/api/observe', authorization: `Bearer ${launcher.servers[0]?.settings.admin?.token}` }])
      granted = fail('not_found', 'the room is not live')
      expect(await window.ask('observe_room', { room: 'lobby' })).toEqual(granted)
      granted = { token: 7 }
      expect(await window.ask('observe_room', { room: 'lobby' })).toMatchObject({ ok: false, code: 'internal' })
    })

    it('has nothing to join where it is simulated', async () => {
      await startDemo({ ...livekit, kind: 'simulator', presenceUrl: 'http://127.0.0.1:9/presence' })
      expect(await window.ask('observe_room', { room: 'lobby' })).toMatchObject({ ok: false, code: 'unsupported' })
      expect(asked).toEqual([])
    })
  })

  describe('direct', () => {
    it('starts a sync server for the user’s LiveKit', async () => {
      await start({ secrets: saved(direct) })
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
      expect(launcher.servers[0]?.settings).toMatchObject({
        host: '127.0.0.1',
        livekitHost: 'wss://lk.example',
        livekitKeys: [{ key: 'direct-key', secret: 'direct-secret' }],
        redisUrl: 'redis://:redis-password@cache.example',
        admin: { name: 'moderator' },
      })
    })

    it('tells what its sync server says when it can’t start, without the secrets it quotes', async () => {
      const waiting = createScriptedLauncher()
      launcher = { ...waiting, startSyncServer: createFailing(waiting, 'redis://:redis-password@cache.example refused redis-password') }
      await start({ secrets: saved(direct) })
      await eventually(() =>
        expect(window.payloads('connection_changed').at(-1)).toMatchObject({ state: 'offline', why: '[hidden] refused [hidden]' }),
      )
      expect(JSON.stringify(log.mock.calls)).not.toContain('redis-password')
    })
  })

  it('hides the secrets of a profile that was saved just now', async () => {
    const failing = createScriptedLauncher()
    launcher = { ...failing, startSyncServer: createFailing(failing, 'direct-secret was refused') }
    await start()
    await window.ask('save_profile', direct)
    await window.ask('select_profile', { id: 'direct' })
    await eventually(() =>
      expect(window.payloads('connection_changed').at(-1)).toMatchObject({ state: 'offline', why: '[hidden] was refused' }),
    )
  })

  describe('team', () => {
    let server: ScriptedServer
    let team: Profile
    beforeEach(async () => {
      server = await startScriptedServer()
      team = { kind: 'team', id: 'team', name: 'Team', serverUrl: server.url, token: 'team-token' }
    })
    afterEach(() => server.close())

    it('links to the server, and starts nothing', async () => {
      await start({ secrets: saved(team) })
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
      expect(launcher.servers).toEqual([])
      expect(server.handshakes).toEqual([{ token: 'team-token', protocol: 1 }])
    })

    it('S4.6 says degraded when the server does, and offline when it refuses, until the profile is chosen again', async () => {
      await start({ secrets: saved(team) })
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
      server.push('service_status', { state: 'degraded', since: 1, why: 'Redis is away' })
      await eventually(() =>
        expect(window.payloads('connection_changed').at(-1)).toMatchObject({ state: 'degraded', why: 'Redis is away' }),
      )
      server.push('service_status', { state: 'ok', since: 2, why: null })
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
      server.push('service_status', { state: 'wonderful' })
      await eventually(() => expect(window.states().at(-1)).toBe('degraded'))
      server.refuse(fail('unauthorized', 'the token was revoked'))
      server.expel()
      await eventually(() =>
        expect(window.payloads('connection_changed').at(-1)).toMatchObject({
          state: 'offline',
          why: 'the sync server refused this operator: the token was revoked',
        }),
      )
      server.refuse(null)
      await window.ask('select_profile', { id: 'team' })
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
    })

    it('keeps the rooms on the screen while the server is away', async () => {
      server.answer('subscribe_rooms', () => ({ ok: true, rooms: [sampleSummary('lobby')] }))
      await start({ secrets: saved(team) })
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
      await server.close()
      await eventually(() => expect(window.states().at(-1)).toBe('reconnecting'))
      expect(await window.snapshot()).toMatchObject({ connection: { state: 'reconnecting' }, rooms: [{ room: 'lobby' }] })
      expect(await window.ask('act', sampleAction(1))).toMatchObject({ ok: true, value: { ok: false, code: 'unavailable' } })
      server = await startScriptedServer({ port: server.port })
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
    })

    it('pushes a room to the windows that have it open, the wall and the feed to all', async () => {
      server.answer('subscribe_room', () => ({ ok: true, room: sampleDetail('lobby', { revision: 5 }) }))
      await start({ secrets: saved(team) })
      const other = connectTestClient(core)
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
      expect(await window.ask('open_room', { room: 'lobby' })).toEqual({ ok: true, value: { detail: null } })
      await eventually(() => expect(window.payloads('room_reset')).toHaveLength(1))
      server.push('participants_update', sampleUpdate('lobby', 6, { changed: [sampleParticipant('ada')], online: 1, total: 1 }))
      server.push('presence', { room: 'lobby', at: 1, speaking: [], quality: [] })
      server.push('room:event', sampleEvent('1'))
      server.push('rooms_update', { changed: [sampleSummary('lobby')], removed: [] })
      await eventually(() => expect(other.payloads('rooms_changed')).toHaveLength(1))
      await eventually(() => expect(window.payloads('rooms_changed')).toHaveLength(1))
      expect([window, other].map((each) => each.payloads('feed_appended').length)).toEqual([1, 1])
      expect([window, other].map((each) => each.payloads('room_changed').length)).toEqual([1, 0])

      const opened = await other.ask('open_room', { room: 'lobby' })
      expect(opened).toMatchObject({ value: { detail: { revision: 6, participants: [{ identity: 'ada' }] } } })
      await eventually(() => expect(other.payloads('presence_changed')).toHaveLength(1))
      await other.ask('open_room', { room: 'lobby' })
      await other.ask('leave_room', { room: 'lobby' })
      window.close()
      server.push('participants_update', sampleUpdate('lobby', 7))
      await eventually(() => expect(other.payloads('room_changed')).toHaveLength(1))
      expect(server.count('unsubscribe_room')).toBe(0)
      await other.ask('leave_room', { room: 'lobby' })
      await eventually(() => expect(server.count('unsubscribe_room')).toBe(1))
      expect(server.count('subscribe_room')).toBe(1)
      expect(window.payloads('room_changed')).toHaveLength(1)
    })

    it('another profile: the old programs are gone before the new ones start, and windows keep their rooms', async () => {
      await start({ secrets: saved(direct, team) })
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
      await window.ask('open_room', { room: 'lobby' })
      server.answer('subscribe_room', () => ({ ok: true, room: sampleDetail('lobby') }))
      await window.ask('select_profile', { id: 'team' })
      await eventually(() => expect(window.payloads('room_reset')).toHaveLength(1))
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
      expect(launcher.servers[0]?.isStopped()).toBe(true)
      const names = window.pushed.map(({ name }) => name)
      expect(names.slice(names.indexOf('profiles_changed'))).toEqual(
        expect.arrayContaining(['profiles_changed', 'session_reset', 'rooms_reset', 'room_reset']),
      )
      expect(window.payloads('session_reset')).toMatchObject([
        { profile: { id: 'team' }, rooms: null, operator: null, connection: { state: 'connecting' } },
      ])
      expect(await window.snapshot()).toMatchObject({ profile: { id: 'team' }, rooms: [] })
    })

    it('tells nothing of the session before once another was chosen', async () => {
      server.answer('act', () => undefined)
      await start({ secrets: saved(team, direct) })
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
      const acted = window.ask('act', sampleAction(1))
      await eventually(() => expect(server.count('act')).toBe(1))
      await window.ask('select_profile', { id: 'direct' })
      expect(await acted).toMatchObject({ value: { ok: false, detail: 'timeout_unknown' } })
      await eventually(() => expect(window.payloads('session_reset')).toHaveLength(1))
      await eventually(() => expect(window.states().slice(-2)).toEqual(['connecting', 'live']))
      expect(window.payloads('pending_changed')).toMatchObject([{ outcome: { state: 'pending' } }])
      expect(await window.snapshot()).toMatchObject({ pending: [] })
    })

    it('a profile that runs is started anew when it is saved, and ends when it is removed', async () => {
      await start({ secrets: saved(team) })
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
      await window.ask('save_profile', { ...team, token: 'another-token' })
      await eventually(() => expect(server.handshakes).toHaveLength(2))
      expect(server.handshakes[1]).toEqual({ token: 'another-token', protocol: 1 })
      expect(await window.ask('remove_profile', { id: 'team' })).toEqual({ ok: true, value: [] })
      await eventually(() =>
        expect(window.payloads('connection_changed').at(-1)).toMatchObject({ state: 'offline', why: 'no profile chosen' }),
      )
      expect(await window.snapshot()).toMatchObject({ profile: null })
    })
  })

  it('without a profile it is offline and says so', async () => {
    await start()
    expect(await window.snapshot()).toMatchObject({
      profile: null,
      rooms: null,
      connection: { state: 'offline', why: 'no profile chosen' },
    })
    expect(await window.ask('observe_room', { room: 'lobby' })).toMatchObject({ ok: false, code: 'unavailable' })
  })

  it('refuses what the contract doesn’t know, with a code, and changes nothing', async () => {
    await start()
    const client = core.connect(() => undefined)
    expect(await client.request('toString', {})).toEqual(fail('invalid', 'there is no such request'))
    expect(await client.request('open_room', { room: '' })).toMatchObject({
      ok: false,
      code: 'invalid',
      message: expect.stringContaining('room'),
    })
    expect(await client.request('act', { ...sampleAction(1), reason: ' ' })).toMatchObject({
      ok: false,
      message: 'reason: a reason is needed',
    })
    expect(await client.request('save_profile', { ...direct, livekitUrl: 'ftp://direct-secret' })).toMatchObject({
      ok: false,
      code: 'invalid',
    })
    expect(await window.ask('list_profiles')).toEqual({ ok: true, value: [] })
    expect(JSON.stringify(log.mock.calls)).not.toContain('direct-secret')
  })

  it('ends a trial that runs when it is disposed of', async () => {
    launcher = { ...createScriptedLauncher(), ...createFakeLauncher(), server: launcher.server }
    await start()
    const trial = window.ask('test_profile', direct)
    await eventually(() => expect(launcher.servers).toHaveLength(1))
    await core.dispose()
    expect(launcher.servers[0]?.isStopped()).toBe(true)
    expect(await trial).toMatchObject({ value: { ok: false, message: 'the trial sync server ended while it started' } })
  })

  it('answers a bug without its internals', async () => {
    const broken = createScriptedLauncher()
    launcher = {
      ...broken,
      startSyncServer() {
        throw new Error('deep inside')
      },
    }
    await start()
    expect(await window.ask('test_profile', direct)).toEqual(fail('internal', 'something went wrong in Usher itself; its log says more'))
    expect(JSON.stringify(log.mock.calls)).toContain('deep inside')
  })

  it('tells no window a secret, but the observer’s token', async () => {
    await start({ fallback: 'demo' })
    await eventually(() => expect(launcher.demos).toHaveLength(1))
    launcher.demos[0]?.run(livekit)
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    await window.ask('save_profile', direct)
    await window.ask('save_profile', {
      kind: 'team',
      id: 't',
      name: 'Team',
      serverUrl: 'https://user:url-password@sync.example',
      token: 'team-token',
    })
    await window.ask('list_profiles')
    await window.ask('test_profile', direct)
    await window.ask('observe_room', { room: 'lobby' })
    await window.ask('select_profile', { id: 'direct' })
    await eventually(() => expect(window.payloads('session_reset')).toHaveLength(1))
    await eventually(() => expect(window.states().slice(-2)).toEqual(['connecting', 'live']))
    await window.snapshot()
    const told = window.everything() + JSON.stringify(log.mock.calls)
    const tokens = launcher.servers.map(({ settings }) => settings.admin?.token ?? 'missing')
    expect(tokens).toHaveLength(3)
    const secrets = [
      'demo-key',
      'demo-secret',
      'direct-key',
      'direct-secret',
      'redis-password',
      'cache.example',
      'team-token',
      'url-password',
    ]
    for (const secret of [...secrets, ...tokens]) expect(told).not.toContain(secret)
    expect(told).toContain('observer-token')
  })
})

function createFailing(launcher: ScriptedLauncher, message: string): ScriptedLauncher['startSyncServer'] {
  return (settings) => {
    const child = launcher.startSyncServer({ ...settings, port: 0 })
    launcher.servers.at(-1)?.fail(message)
    return child
  }
}
