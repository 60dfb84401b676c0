import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { closeCodes } from './page-protocol.ts'
import { launch, openPage, openSocket, startTestConsole } from './test-kit.ts'

describe('opening the socket', () => {
  it('lets a page in that brings cookie, Origin and key', async () => {
    const { console, port } = await startTestConsole()
    const { cookie, nonce } = await launch(console)
    const page = openSocket(port, { cookie, origin: `http://127.0.0.1:${port}` })
    page.send({ nonce })
    expect(await page.next()).toEqual({ ready: true })
  })

  it('lets the same page in again after its socket was lost', async () => {
    const { console, port } = await startTestConsole()
    const { cookie, nonce } = await launch(console)
    for (let attempt = 0; attempt < 2; attempt++) {
      const page = openSocket(port, { cookie, origin: `http://127.0.0.1:${port}` })
      page.send({ nonce })
      expect(await page.next()).toEqual({ ready: true })
      page.socket.close()
      await page.ended
    }
  })

  it('refuses a missing or foreign Origin, and a foreign Host', async () => {
    const { console, port } = await startTestConsole()
    const { cookie } = await launch(console)
    const origin = `http://127.0.0.1:${port}`
    expect(await openSocket(port, { cookie }).ended).toBe(403)
    expect(await openSocket(port, { cookie, origin: 'http://evil.example' }).ended).toBe(403)
    expect(await openSocket(port, { cookie, origin: `http://127.0.0.1:${port + 1}` }).ended).toBe(403)
    expect(await openSocket(port, { cookie, origin, host: `evil.example:${port}` }).ended).toBe(403)
    expect(await openSocket(port, { cookie, origin: `http://evil.example:${port}`, host: `evil.example:${port}` }).ended).toBe(403)
  })

  it('refuses who has no cookie, and any other path', async () => {
    const { console, port } = await startTestConsole()
    const { cookie } = await launch(console)
    const origin = `http://127.0.0.1:${port}`
    expect(await openSocket(port, { origin }).ended).toBe(401)
    expect(await openSocket(port, { origin, cookie: `usher-${port}=guess` }).ended).toBe(401)
    expect(await openSocket(port, { origin, cookie }, '/other').ended).toBe(404)
  })

  it('refuses a cookie without the key, with a wrong one, and with that of another browser', async () => {
    const running = await startTestConsole()
    const { console, port } = running
    const { cookie } = await launch(console)
    const other = await launch(console)
    for (const hello of [
      { nonce: 'guess' },
      { nonce: other.nonce },
      {},
      { nonce: 1 },
      'no json',
      { id: 1, name: 'start_session', payload: {} },
    ]) {
      const page = openSocket(port, { cookie, origin: `http://127.0.0.1:${port}` })
      page.send(hello)
      expect(await page.ended).toBe(closeCodes.unknownPage)
    }
    expect(running.asked).toEqual([])
    expect(running.clients()).toBe(0)
    expect(running.logged.join('\n')).not.toContain(other.nonce)
  })

  it('lets go of who was refused, also of one that never hangs up', async () => {
    const running = await startTestConsole()
    const { port } = running
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    onTestFinished(() => void socket.destroy())
    socket.write(`GET /socket HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    socket.resume()
    await once(socket, 'end')
    await running.close()
    expect(running.isDisposed()).toBe(true)
  })

  it('closes a socket that says nothing for five seconds', async () => {
    const { console, port } = await startTestConsole()
    const { cookie } = await launch(console)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const page = openSocket(port, { cookie, origin: `http://127.0.0.1:${port}` })
    await once(page.socket, 'open')
    vi.advanceTimersByTime(4_999)
    expect(page.socket.readyState).toBe(page.socket.OPEN)
    vi.advanceTimersByTime(1)
    expect(await page.ended).toBe(closeCodes.silent)
  })
})

describe('messages', () => {
  it('carries requests to core and its replies back, by id', async () => {
    const running = await startTestConsole()
    const page = await openPage(running.console)
    page.send({ id: 7, name: 'open_room', payload: { room: 'lobby' } })
    expect(await page.next()).toEqual({ id: 7, reply: { ok: true, value: { name: 'open_room', payload: { room: 'lobby' } } } })
    expect(running.asked).toEqual([{ name: 'open_room', payload: { room: 'lobby' } }])
  })

  it('carries pushes to every page that was let in', async () => {
    const running = await startTestConsole()
    const [one, two] = [await openPage(running.console), await openPage(running.console)]
    running.push([{ name: 'rooms_reset', payload: [] }])
    for (const page of [one, two]) expect(await page.next()).toEqual({ pushes: [{ name: 'rooms_reset', payload: [] }] })
  })

  it('refuses an unknown name with a code, and core never hears of it', async () => {
    const running = await startTestConsole()
    const page = await openPage(running.console)
    for (const name of ['shutdown', 'toString', '__proto__']) {
      page.send({ id: 1, name, payload: {} })
      expect(await page.next()).toMatchObject({ id: 1, reply: { ok: false, code: 'invalid' } })
    }
    expect(running.asked).toEqual([])
  })

  it('refuses what is no request, logs that without its content, and goes on', async () => {
    const running = await startTestConsole()
    const page = await openPage(running.console)
    const malformed = ['topsecret', { id: 'topsecret', name: 'act' }, [1], { id: -1, name: 'act', payload: {} }, Buffer.from('topsecret')]
    for (const message of malformed) {
      page.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message))
      expect(await page.next()).toMatchObject({ id: null, reply: { ok: false, code: 'invalid' } })
    }
    page.send({ id: 3, name: 'act', payload: {}, more: 'topsecret' })
    expect(await page.next()).toMatchObject({ id: 3, reply: { ok: false, code: 'invalid' } })
    expect(running.asked).toEqual([])
    expect(running.logged).toHaveLength(malformed.length + 1)
    expect(running.logged.join('\n')).not.toContain('topsecret')
    page.send({ id: 4, name: 'list_profiles', payload: {} })
    expect(await page.next()).toMatchObject({ id: 4, reply: { ok: true } })
  })

  it('ends a socket whose message is over a megabyte', async () => {
    const running = await startTestConsole()
    const page = await openPage(running.console)
    page.send(JSON.stringify({ id: 1, name: 'act', payload: 'x'.repeat(1_000_000) }))
    expect(await page.ended).toBe(1009)
    expect(running.asked).toEqual([])
  })

  it('cuts a page that does not read, and the others go on', { timeout: 20_000 }, async () => {
    const running = await startTestConsole()
    const [slow, quick] = [await openPage(running.console), await openPage(running.console)]
    slow.socket.pause()
    const payload = [{ type: 'x'.repeat(1_000_000) }]
    for (let sent = 0; sent < 60 && running.clients() === 2; sent++) {
      // What is in the push does not matter to the transport.
      running.push([{ name: 'feed_appended', payload: payload as never }])
      await quick.next()
    }
    slow.socket.resume()
    expect(await slow.ended).toBe(1006)
    expect(running.logged.some((line) => line.includes('too slowly'))).toBe(true)
  })

  it("ends a page's subscriptions with its socket, and every socket with the console", async () => {
    const running = await startTestConsole()
    const [one, two] = [await openPage(running.console), await openPage(running.console)]
    one.socket.close()
    await one.ended
    expect(running.clients()).toBe(1)
    await running.close()
    expect(await two.ended).toBe(1006)
    expect(running.isDisposed()).toBe(true)
  })
})
