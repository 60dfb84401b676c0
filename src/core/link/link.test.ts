import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fail } from '#shared/domain/failure.ts'
import { eventually, startScriptedServer, type ScriptedServer } from '../testing/scripted-server.ts'
import { sampleSummary } from '../testing/samples.ts'
import { createLink, describeAddress, type Link, type LinkEvent } from './link.ts'

describe('the link', () => {
  let server: ScriptedServer
  let link: Link
  let seen: LinkEvent[]
  const log = vi.fn()

  beforeEach(async () => {
    log.mockClear()
    server = await startScriptedServer()
    link = createLink(log)
    seen = []
    link.subscribe((event) => void seen.push(event))
  })
  afterEach(async () => {
    vi.useRealTimers()
    link.close()
    await server.close()
  })
  const types = () => seen.map((event) => event.type)

  it('shows its token and protocol, and passes on what the contract knows', async () => {
    link.open({ url: `${server.url}/some/path`, token: 'let-me-in' })
    await eventually(() => expect(types()).toEqual(['connected', 'pushed', 'pushed']))
    expect(server.handshakes).toEqual([{ token: 'let-me-in', protocol: 1 }])
    expect(seen[1]).toEqual({ type: 'pushed', push: { name: 'welcome', payload: { operator: { name: 'mo', role: 'moderator' } } } })
  })

  it.each(['unauthorized', 'invalid', 'forbidden'] as const)('does not try again once it was refused as %s', async (code) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    server.refuse(fail(code, 'no'))
    link.open({ url: server.url, token: 'refused' })
    await eventually(() => expect(seen).toEqual([{ type: 'refused', code, why: 'no' }]))
    await vi.advanceTimersByTimeAsync(10_000)
    const other = createLink(log)
    other.open({ url: server.url, token: 'later' })
    await eventually(() => expect(server.handshakes).toContainEqual({ token: 'later', protocol: 1 }))
    other.close()
    vi.useRealTimers()
    expect(server.handshakes).toHaveLength(2)
  })

  it('tries again when the server only can’t take it now', async () => {
    server.refuse(fail('unavailable', 'not ready'))
    link.open({ url: server.url, token: 't' })
    await eventually(() => expect(types()).toContain('down'))
    server.refuse(null)
    await eventually(() => expect(types()).toContain('connected'))
  })

  it('gives up a handshake that the server thinks about for over 5 s, and tries again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    server.refuse('silently')
    link.open({ url: server.url, token: 't' })
    await eventually(() => expect(server.handshakes).toHaveLength(1))
    await vi.advanceTimersByTimeAsync(4_000)
    expect(seen).toEqual([])
    server.refuse(null)
    await vi.advanceTimersByTimeAsync(1_000)
    await eventually(() => expect(types().slice(0, 2)).toEqual(['down', 'connected']))
  })

  it('stays closed once it was closed, also amid a handshake', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    server.refuse('silently')
    link.open({ url: server.url, token: 'closed' })
    await eventually(() => expect(server.handshakes).toHaveLength(1))
    link.close()
    await vi.advanceTimersByTimeAsync(10_000)
    const other = createLink(log)
    other.open({ url: server.url, token: 'later' })
    await eventually(() => expect(server.handshakes).toContainEqual({ token: 'later', protocol: 1 }))
    other.close()
    expect(server.handshakes).toHaveLength(2)
    expect(seen).toEqual([])
  })

  it('comes back after a broken connection, and after the server closed it', async () => {
    link.open({ url: server.url, token: 't' })
    await eventually(() => expect(link.isConnected()).toBe(true))
    server.breakConnections()
    await eventually(() => expect(types().filter((type) => type === 'connected')).toHaveLength(2))
    server.expel()
    await eventually(() => expect(types().filter((type) => type === 'connected')).toHaveLength(3))
    expect(types().filter((type) => type === 'down')).toHaveLength(2)
  })

  it('finds a server that is back within 3 s, and at once when it is told so', async () => {
    const { port, url } = server
    link.open({ url, token: 't' })
    await eventually(() => expect(link.isConnected()).toBe(true))
    await server.close()
    await eventually(() => expect(link.isConnected()).toBe(false))
    server = await startScriptedServer({ port })
    await eventually(() => expect(link.isConnected()).toBe(true), 3_000)
    await server.close()
    await eventually(() => expect(types().filter((type) => type === 'down').length).toBeGreaterThanOrEqual(3))
    server = await startScriptedServer({ port })
    link.open({ url, token: 't' })
    await eventually(() => expect(link.isConnected()).toBe(true), 250)
  })

  it('says what it can’t reach, without a password', async () => {
    const { url, port } = server
    await server.close()
    link.open({ url: url.replace('127', 'user:pass-word@127'), token: 't' })
    await eventually(() =>
      expect(seen[0]).toEqual({ type: 'down', why: `can't reach the sync server at http://127.0.0.1:${port}; trying again` }),
    )
    expect(describeAddress('https://user:pass@host.example:444/x?token=1')).toBe('https://host.example:444')
  })

  it('drops a malformed push, says so each time and logs it once', async () => {
    link.open({ url: server.url, token: 't' })
    await eventually(() => expect(types()).toHaveLength(3))
    server.push('rooms_update', { changed: 'all', removed: [] })
    server.push('rooms_update', null)
    server.push('unheard_of', { a: 1 })
    server.push('rooms_update', { changed: [sampleSummary('lobby')], removed: [] })
    await eventually(() => expect(types().slice(3)).toEqual(['malformed', 'malformed', 'pushed']))
    expect(log).toHaveBeenCalledTimes(1)
  })

  it('sends nothing while it is not connected', async () => {
    expect(await link.request('subscribe_rooms', {})).toEqual(fail('unavailable', 'not connected to the sync server: nothing was sent'))
  })

  it('answers a refusal, an unknown form and silence as failures', async () => {
    link.open({ url: server.url, token: 't' })
    await eventually(() => expect(link.isConnected()).toBe(true))
    server.answer('subscribe_room', () => fail('forbidden', 'not yours'))
    expect(await link.request('subscribe_room', { room: 'lobby' })).toEqual(fail('forbidden', 'not yours'))
    server.answer('subscribe_room', () => ({ ok: true, room: 'lobby' }))
    expect(await link.request('subscribe_room', { room: 'lobby' })).toMatchObject({
      ok: false,
      code: 'internal',
      detail: 'timeout_unknown',
    })
    server.answer('subscribe_room', () => undefined)
    expect(await link.request('subscribe_room', { room: 'lobby' }, 20)).toMatchObject({ code: 'unavailable', detail: 'timeout_unknown' })
  })

  it('answers what was asked when the connection breaks', async () => {
    link.open({ url: server.url, token: 't' })
    await eventually(() => expect(link.isConnected()).toBe(true))
    server.answer('subscribe_room', () => {
      server.breakConnections()
      return undefined
    })
    expect(await link.request('subscribe_room', { room: 'lobby' })).toMatchObject({ code: 'unavailable', detail: 'timeout_unknown' })
  })
})
