import { createServer } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fail } from '#shared/domain/failure.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { createFakeLauncher } from '../testing/fake-launcher.ts'
import { startScriptedServer, type ScriptedServer } from '../testing/scripted-server.ts'
import { testProfile } from './test-profile.ts'

const direct: Profile = {
  kind: 'direct',
  id: '',
  name: 'Ours',
  livekitUrl: 'https://lk.example',
  apiKey: 'k',
  apiSecret: 's',
  redisUrl: 'redis://cache.example',
}

describe('trying a profile', () => {
  let server: ScriptedServer | undefined
  afterEach(async () => {
    vi.useRealTimers()
    await server?.close()
    server = undefined
  })
  async function tryTeam(url: string) {
    return testProfile({ kind: 'team', id: '', name: 'Team', serverUrl: url, token: 'my-token' }, createFakeLauncher(), vi.fn())
  }

  it('the demo needs nothing', async () => {
    expect(await testProfile({ kind: 'demo', id: '', name: 'Demo' }, createFakeLauncher(), vi.fn())).toMatchObject({ ok: true })
  })

  it('direct: a trial sync server starts, on a port of its own, and is stopped', async () => {
    const launcher = createFakeLauncher((child) => child.run({ url: 'http://127.0.0.1:1' }))
    expect(await testProfile(direct, launcher, vi.fn())).toEqual({ ok: true, message: 'LiveKit answered, and the key is good' })
    const [child] = launcher.servers
    expect(child?.settings).toMatchObject({
      port: 0,
      livekitHost: 'https://lk.example',
      livekitPublicUrl: 'wss://lk.example',
      livekitKeys: [{ key: 'k', secret: 's' }],
      redisUrl: 'redis://cache.example',
    })
    expect(child?.isStopped()).toBe(true)
  })

  it('direct: its one line is told, and it is stopped all the same', async () => {
    const launcher = createFakeLauncher((child) => child.fail('LiveKit refused the key'))
    expect(await testProfile(direct, launcher, vi.fn())).toEqual({ ok: false, message: 'LiveKit refused the key' })
    expect(launcher.servers[0]?.isStopped()).toBe(true)
  })

  it('direct: silence ends after 15 s', async () => {
    vi.useFakeTimers()
    const launcher = createFakeLauncher()
    const trial = testProfile(direct, launcher, vi.fn())
    await vi.advanceTimersByTimeAsync(15_000)
    expect(await trial).toEqual({ ok: false, message: 'LiveKit did not answer within 15 s' })
    expect(launcher.servers[0]?.isStopped()).toBe(true)
  })

  it('team: says as whom it connected', async () => {
    server = await startScriptedServer()
    expect(await tryTeam(server.url)).toEqual({ ok: true, message: `connected to ${server.url} as mo (moderator)` })
  })

  it('team: says that the token was refused', async () => {
    server = await startScriptedServer()
    server.refuse(fail('unauthorized', 'no such operator'))
    expect(await tryTeam(server.url)).toEqual({
      ok: false,
      message: `the sync server at ${server.url} refused the token: no such operator`,
    })
  })

  it('team: says that nobody is there', async () => {
    const gone = await startScriptedServer()
    await gone.close()
    expect(await tryTeam(gone.url)).toEqual({ ok: false, message: `the sync server at ${gone.url} could not be reached` })
  })

  it('team: is content with a server that doesn’t introduce itself', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    server = await startScriptedServer({ greet: () => undefined })
    const trial = tryTeam(server.url)
    await vi.waitFor(() => expect(server?.handshakes).toHaveLength(1))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await trial).toEqual({ ok: true, message: `connected to ${server.url}` })
  })

  it('team: gives a server that never answers 5 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const arrived = vi.fn()
    const mute = createServer((socket) => void socket.once('data', arrived).on('error', () => undefined))
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const address = mute.address()
    const trial = tryTeam(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
    await vi.waitFor(() => expect(arrived).toHaveBeenCalled())
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await trial).toMatchObject({ ok: false })
    mute.close()
  })
})
