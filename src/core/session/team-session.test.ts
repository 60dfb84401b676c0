import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fail } from '#shared/domain/failure.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { createCore, type Core } from '../core.ts'
import type { SecretStore } from '../ports.ts'
import { sampleLivekit, saveProfiles } from '../testing/sample-profiles.ts'
import { sampleAction, sampleDetail, sampleEvent, sampleParticipant, sampleSummary, sampleUpdate } from '../testing/samples.ts'
import { createScriptedLauncher, type ScriptedLauncher } from '../testing/scripted-launcher.ts'
import { eventually, startScriptedServer, type ScriptedServer } from '../testing/scripted-server.ts'
import { connectTestClient, type TestClient } from '../testing/test-client.ts'

const demo: Profile = { kind: 'demo', id: 'my-demo', name: 'Demo' }

describe('a team session', () => {
  let launcher: ScriptedLauncher
  let core: Core
  let window: TestClient
  let server: ScriptedServer
  let team: Profile
  beforeEach(async () => {
    launcher = createScriptedLauncher()
    server = await startScriptedServer()
    team = { kind: 'team', id: 'team', name: 'Team', serverUrl: server.url, token: 'team-token' }
  })
  afterEach(async () => {
    await core.dispose()
    await server.close()
  })
  async function start(options: { secrets: SecretStore }): Promise<void> {
    core = await createCore({ version: '1.2.3', launcher, secrets: options.secrets, log: vi.fn(), fallback: null })
    window = connectTestClient(core)
  }
  async function runDemo(): Promise<void> {
    await eventually(() => expect(launcher.demos).toHaveLength(1))
    launcher.demos[0]?.run(sampleLivekit)
  }

  it('links to the server, and starts nothing', async () => {
    await start({ secrets: saveProfiles(team) })
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    expect(launcher.servers).toEqual([])
    expect(server.handshakes).toEqual([{ token: 'team-token', protocol: 1 }])
  })

  it('S4.6 says degraded when the server does, and offline when it refuses, until the profile is chosen again', async () => {
    await start({ secrets: saveProfiles(team) })
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    server.push('service_status', { state: 'degraded', since: 1, why: 'Redis is away' })
    await eventually(() => expect(window.payloads('connection_changed').at(-1)).toMatchObject({ state: 'degraded', why: 'Redis is away' }))
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

  it('tells how far an action for many is, and cancels it', async () => {
    const { actionId } = sampleAction(1)
    await start({ secrets: saveProfiles(team) })
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    server.answer('act', () => undefined)
    void window.ask('act', { actionId, type: 'mute_all', room: 'lobby' })
    await eventually(() => expect(server.count('act')).toBe(1))
    server.push('action_progress', { actionId, done: 3, of: 9, failed: 1 })
    await eventually(() => expect(window.payloads('pending_changed').at(-1)).toMatchObject({ progress: { done: 3, of: 9, failed: 1 } }))
    server.answer('cancel_action', () => ({ ok: true }))
    expect(await window.ask('cancel_action', { actionId })).toEqual({ ok: true, value: { actionId } })
    server.answer('cancel_action', () => fail('not_found', 'no such action is being carried out here'))
    expect(await window.ask('cancel_action', { actionId })).toMatchObject({ ok: false, code: 'not_found' })
  })

  it('keeps the rooms on the screen while the server is away', async () => {
    server.answer('subscribe_rooms', () => ({ ok: true, rooms: [sampleSummary('lobby')] }))
    await start({ secrets: saveProfiles(team) })
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
    await start({ secrets: saveProfiles(team) })
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
    await start({ secrets: saveProfiles(demo, team) })
    await runDemo()
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    await window.ask('open_room', { room: 'lobby' })
    server.answer('subscribe_room', () => ({ ok: true, room: sampleDetail('lobby') }))
    await window.ask('select_profile', { id: 'team' })
    await eventually(() => expect(window.payloads('room_reset')).toHaveLength(1))
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    expect([launcher.servers[0]?.isStopped(), launcher.demos[0]?.isStopped()]).toEqual([true, true])
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
    await start({ secrets: saveProfiles(team, demo) })
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    const acted = window.ask('act', sampleAction(1))
    await eventually(() => expect(server.count('act')).toBe(1))
    await window.ask('select_profile', { id: 'my-demo' })
    await runDemo()
    expect(await acted).toMatchObject({ value: { ok: false, detail: 'timeout_unknown' } })
    await eventually(() => expect(window.payloads('session_reset')).toHaveLength(1))
    await eventually(() => expect(window.states().slice(-2)).toEqual(['connecting', 'live']))
    expect(window.payloads('pending_changed')).toMatchObject([{ outcome: { state: 'pending' } }])
    expect(await window.snapshot()).toMatchObject({ pending: [] })
  })

  it('a profile that runs is started anew when it is saved, and ends when it is removed', async () => {
    await start({ secrets: saveProfiles(team) })
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

  it('S4.7 reads the rooms while the link is down, acts over HTTP, and goes back to pushing by itself', { timeout: 20_000 }, async () => {
    await server.close()
    const posted: string[] = []
    server = await startScriptedServer({
      http(request, response) {
        if (!request.url?.startsWith('/api/')) return
        posted.push(`${request.method} ${request.url}`)
        const answers: Record<string, object> = {
          '/api/rooms?limit=1000': { rooms: [sampleSummary('lobby')] },
          '/api/rooms/lobby': sampleDetail('lobby', { revision: 7 }),
          '/api/actions': { ok: true, actionId: sampleAction(1).actionId, at: 5, targets: [{ identity: 'ada', ok: true }] },
        }
        response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[request.url]))
      },
    })
    server.refuse(fail('unavailable', 'no room for one more'))
    await start({ secrets: saveProfiles({ kind: 'team', id: 'team', name: 'Team', serverUrl: server.url, token: 'team-token' }) })
    await window.ask('open_room', { room: 'lobby' })
    await eventually(() => expect(window.states().at(-1)).toBe('degraded'), 9_000)
    expect(window.payloads('connection_changed').at(-1)).toMatchObject({ why: expect.stringContaining('no room for one more') })
    expect(await window.snapshot()).toMatchObject({ rooms: [{ room: 'lobby' }] })
    expect(window.payloads('room_reset')).toMatchObject([{ room: 'lobby', revision: 7 }])
    expect(await window.ask('act', sampleAction(1))).toMatchObject({ ok: true, value: { ok: true } })
    expect(posted).toContain('POST /api/actions')
    server.refuse(null)
    await eventually(() => expect(window.states().at(-1)).toBe('live'), 5_000)
  })

  it('goes on with the feed where it was broken, and begins anew where that is too long ago', async () => {
    await start({ secrets: saveProfiles(team) })
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    server.push('room:event', sampleEvent('1', { cursor: 'e-7' }))
    await eventually(() => expect(window.payloads('feed_appended')).toHaveLength(1))
    const cursors = () => server.asked.filter(({ name }) => name === 'subscribe_feed').map(({ payload }) => payload)
    server.breakConnections()
    await eventually(() => expect(cursors()).toEqual([{}, { cursor: 'e-7' }]))
    server.answer('subscribe_feed', (payload) =>
      typeof payload === 'object' && payload !== null && 'cursor' in payload ? fail('conflict', 'too old') : { ok: true, cursor: 'f-1' },
    )
    server.breakConnections()
    await eventually(() => expect(cursors().slice(2)).toEqual([{ cursor: 'e-7' }, {}]))
  })

  it('S1.7 tells how the sweeps fare, and that nobody knows while the link is down', async () => {
    const sync = {
      running: true,
      intervalMs: 30_000,
      cleanupIntervalMs: 300_000,
      lastSync: 5,
      nextSync: 30_005,
      lastCleanup: null,
      rooms: 3,
      drift: 1,
      errors: 0,
      lastError: null,
      lastWebhook: null,
      webhooksMissing: false,
    }
    await start({ secrets: saveProfiles(team) })
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    server.push('sync_status', sync)
    await eventually(() => expect(window.payloads('sync_changed')).toEqual([sync]))
    expect(await window.snapshot()).toMatchObject({ sync })
    server.push('closing', { code: 'unavailable', message: 'it is going down' })
    server.expel()
    await eventually(() => expect(window.payloads('sync_changed').at(-1)).toBeNull())
    const reasons = window.payloads('connection_changed').map((told) => JSON.stringify(told))
    expect(reasons.some((told) => told.includes('it is going down'))).toBe(true)
  })

  it('S1.7 tells how the observers fare, and nothing where a server does not say, or while the link is down', async () => {
    const observers = { slots: 300, observed: 12, rooms: 12, turnMs: 0, withoutMedia: 1, trouble: 'the media connection failed' }
    await start({ secrets: saveProfiles(team) })
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    expect(await window.snapshot()).toMatchObject({ observers: null })
    server.push('observer_status', observers)
    await eventually(() => expect(window.payloads('observers_changed')).toEqual([observers]))
    expect(await window.snapshot()).toMatchObject({ observers })
    server.expel()
    await eventually(() => expect(window.payloads('observers_changed').at(-1)).toBeNull())
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    expect(window.payloads('observers_changed')).toHaveLength(2)
  })

  it('X7 tells which room is looked at here, and who else looks', async () => {
    server.answer('subscribe_room', () => ({ ok: true, room: sampleDetail('lobby') }))
    await start({ secrets: saveProfiles(team) })
    await eventually(() => expect(window.states().at(-1)).toBe('live'))
    const looked = () => server.asked.filter(({ name }) => name === 'looking').map(({ payload }) => payload)
    await window.ask('open_room', { room: 'lobby' })
    await eventually(() => expect(window.payloads('room_reset')).toHaveLength(1))
    server.push('room_viewers', { room: 'lobby', operators: ['mo', 'zoe'] })
    await eventually(() => expect(window.payloads('viewers_changed')).toEqual([{ room: 'lobby', operators: ['mo', 'zoe'] }]))
    server.breakConnections()
    await eventually(() => expect(looked()).toEqual([{ room: 'lobby' }, { room: 'lobby' }]))
    await window.ask('leave_room', { room: 'lobby' })
    await eventually(() => expect(looked().at(-1)).toEqual({ room: null }))
  })
})
