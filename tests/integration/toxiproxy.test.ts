import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startToxiproxy, type ToxicProxy, type ToxiproxyPeer } from '../harness/toxiproxy.ts'
import { peers } from '../peers.ts'

describe.skipIf(peers.toxiproxy === null)('a proxy that breaks what goes through it', () => {
  let toxiproxy: ToxiproxyPeer
  let echo: Server
  let proxy: ToxicProxy
  const open = new Set<Socket>()

  beforeAll(async () => {
    toxiproxy = await startToxiproxy(peers.toxiproxy ?? '')
    echo = createServer((socket) => {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.pipe(socket)
    })
    echo.listen(0, '127.0.0.1')
    await once(echo, 'listening')
  })
  beforeEach(async () => {
    // A TCP server's address is this, once it listens.
    proxy = await toxiproxy.proxy((echo.address() as AddressInfo).port)
  })
  afterAll(async () => {
    await toxiproxy.stop()
    for (const socket of open) socket.destroy()
    echo.close()
  })

  /** A connection through the proxy that has carried something. */
  async function connected(): Promise<{ readonly socket: Socket; readonly gone: Promise<unknown> }> {
    const socket = connect(proxy.port, '127.0.0.1')
    open.add(socket)
    socket.on('error', () => undefined)
    const gone = new Promise((resolve) => socket.once('close', resolve))
    await roundTripMs(socket)
    return { socket, gone }
  }
  async function roundTripMs(socket: Socket): Promise<number> {
    const started = performance.now()
    const answer = new Promise((resolve, reject) => {
      socket.once('data', resolve)
      socket.once('close', () => reject(new Error('the connection is gone')))
    })
    socket.write('x')
    await answer
    return performance.now() - started
  }

  it('delays both ways until it is cleared', async () => {
    const { socket } = await connected()
    await proxy.addLatency(300)
    expect(await roundTripMs(socket)).toBeGreaterThan(590)
    await proxy.clear()
    expect(await roundTripMs(socket)).toBeLessThan(590)
  })

  it('a cut ends what is open and refuses what comes, until it is restored on the same port', async () => {
    const { gone } = await connected()
    await proxy.cut()
    await gone
    await expect(connected()).rejects.toThrow('the connection is gone')
    await proxy.restore()
    await connected()
  })

  it('resets what is open and what comes at its next byte, until it is cleared', async () => {
    const { socket, gone } = await connected()
    await proxy.resetPeers()
    socket.write('x')
    await gone
    await expect(connected()).rejects.toThrow('the connection is gone')
    await proxy.clear()
    await connected()
  })
})
