import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fail } from '#shared/domain/failure.ts'
import { createCore, type Core } from './core.ts'
import type { SecretStore } from './ports.ts'
import { createFakeLauncher } from './testing/fake-launcher.ts'
import { createMemorySecrets } from './testing/memory-secrets.ts'
import { sampleDirect, sampleLivekit, saveProfiles } from './testing/sample-profiles.ts'
import { sampleAction } from './testing/samples.ts'
import { createScriptedLauncher, type ScriptedLauncher } from './testing/scripted-launcher.ts'
import { eventually } from './testing/scripted-server.ts'
import { connectTestClient, type TestClient } from './testing/test-client.ts'

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
    granted = { token: 'observer-token', url: sampleLivekit.url, until: 5 }
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
  async function startDemo(running: Parameters<(typeof launcher.demos)[number]['run']>[0] = sampleLivekit): Promise<void> {
    await start({ fallback: 'demo' })
    await eventually(() => expect(launcher.demos).toHaveLength(1))
    launcher.demos[0]?.run(running)
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
  }

  describe('demo', () => {
    it('starts the demo, a sync server that its webhooks reach, and links to it', async () => {
      await startDemo()
      const settings = launcher.servers[0]?.settings
      expect(launcher.demos[0]?.settings).toEqual({ webhookUrl: `http://127.0.0.1:${settings?.port}/api/livekit-webhook` })
      expect(settings).toMatchObject({
        host: '127.0.0.1',
        livekitHost: sampleLivekit.url,
        livekitKeys: [{ key: 'demo-key', secret: 'demo-secret' }],
        admin: { name: 'moderator' },
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

    it('S4.6 says that it tries again, and not that there is nothing, while a crashed sync server can’t start', async () => {
      const { servers, startSyncServer } = launcher
      const startFailing = createFailing(launcher, 'its port is taken')
      launcher = { ...launcher, startSyncServer: (settings) => (servers.length === 1 ? startFailing(settings) : startSyncServer(settings)) }
      await startDemo()
      const before = window.states().length
      servers[0]?.crash()
      await eventually(() =>
        expect(window.payloads('connection_changed')).toContainEqual({
          state: 'reconnecting',
          why: 'its port is taken; trying again',
          since: expect.any(Number),
        }),
      )
      await eventually(() => expect(window.states().at(-1)).toBe('live'))
      expect(window.states().slice(before)).not.toContain('offline')
    })

    it('starts a crashed demo again, and the sync server with what is new', async () => {
      await startDemo()
      launcher.demos[0]?.crash()
      await eventually(() => expect(launcher.demos).toHaveLength(2))
      launcher.demos[1]?.run({ ...sampleLivekit, apiKey: 'demo-key-2' })
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
      await startDemo({ ...sampleLivekit, kind: 'simulator' })
      expect(await window.ask('observe_room', { room: 'lobby' })).toMatchObject({ ok: false, code: 'unsupported' })
      expect(asked).toEqual([])
    })
  })

  describe('direct', () => {
    it('starts a sync server for the user’s LiveKit', async () => {
      await start({ secrets: saveProfiles(sampleDirect) })
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
      await start({ secrets: saveProfiles(sampleDirect) })
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
    await window.ask('save_profile', sampleDirect)
    await window.ask('select_profile', { id: 'direct' })
    await eventually(() =>
      expect(window.payloads('connection_changed').at(-1)).toMatchObject({ state: 'offline', why: '[hidden] was refused' }),
    )
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
    expect(await client.request('save_profile', { ...sampleDirect, livekitUrl: 'ftp://direct-secret' })).toMatchObject({
      ok: false,
      code: 'invalid',
    })
    expect(await window.ask('list_profiles')).toEqual({ ok: true, value: [] })
    expect(JSON.stringify(log.mock.calls)).not.toContain('direct-secret')
  })

  it('ends a trial that runs when it is disposed of', async () => {
    launcher = { ...createScriptedLauncher(), ...createFakeLauncher(), server: launcher.server }
    await start()
    const trial = window.ask('test_profile', sampleDirect)
    await eventually(() => expect(launcher.servers).toHaveLength(1))
    await core.dispose()
    expect(launcher.servers[0]?.isStopped()).toBe(true)
    expect(await trial).toMatchObject({ value: { ok: false, message: 'the trial sync server ended while it started' } })
  })

  it('starts nothing any more once it is disposed of, whatever a window asks or has asked', async () => {
    const written = Promise.withResolvers<void>()
    await start({ secrets: { ...saveProfiles(sampleDirect), write: () => written.promise } })
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    const chosen = window.ask('select_profile', { id: sampleDirect.id })
    const ended = core.dispose()
    expect(await window.ask('test_profile', sampleDirect)).toEqual(fail('unavailable', 'Usher is ending'))
    written.resolve()
    await Promise.all([chosen, ended])
    expect(launcher.servers).toHaveLength(1)
    expect(window.payloads('session_reset')).toEqual([])
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
    expect(await window.ask('test_profile', sampleDirect)).toEqual(
      fail('internal', 'something went wrong in Usher itself; its log says more'),
    )
    expect(JSON.stringify(log.mock.calls)).toContain('deep inside')
  })

  it('tells no window a secret, but the observer’s token', async () => {
    await start({ fallback: 'demo' })
    await eventually(() => expect(launcher.demos).toHaveLength(1))
    launcher.demos[0]?.run(sampleLivekit)
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    await window.ask('save_profile', sampleDirect)
    await window.ask('save_profile', {
      kind: 'team',
      id: 't',
      name: 'Team',
      serverUrl: 'https://user:url-password@sync.example',
      token: 'team-token',
    })
    await window.ask('list_profiles')
    await window.ask('test_profile', sampleDirect)
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
