import { describe, expect, it } from 'vitest'
import { findLivekitServer } from './find-livekit.ts'
import { freeTcpPort } from './free-port.ts'
import { startLivekitServer } from './livekit-server.ts'

const binary = findLivekitServer(process.env)

describe('a livekit-server that does not start', () => {
  it('says in one line that the binary is missing', async () => {
    await expect(startLivekitServer({ binary: '/nowhere/livekit-server', webhookUrls: [] })).rejects.toThrow(
      "livekit-server can't start: /nowhere/livekit-server is missing or can't be run",
    )
  })

  it.skipIf(process.platform === 'win32')('says in one line that it ended', async () => {
    await expect(startLivekitServer({ binary: '/bin/false', webhookUrls: [] })).rejects.toThrow(
      "livekit-server (/bin/false) can't start: it ended without a word",
    )
  })
})

describe.skipIf(!binary)('a livekit-server', () => {
  it('runs on loopback, tells when it ended, and leaves its ports free for the next', async () => {
    const ports = { http: await freeTcpPort(), udp: await freeTcpPort() }
    const options = { binary: binary ?? '', webhookUrls: [], ports, apiKey: 'key', apiSecret: 's'.repeat(40) }
    for (const _ of ['once', 'again']) {
      const livekit = await startLivekitServer(options)
      expect(livekit).toMatchObject({ url: `ws://127.0.0.1:${ports.http}`, apiKey: 'key', apiSecret: options.apiSecret })
      let exits = 0
      livekit.onExit(() => (exits += 1))
      await expect(startLivekitServer(options)).rejects.toThrow(`livekit-server can't start: port ${ports.http} is in use`)
      await livekit.stop()
      await livekit.stop()
      expect(exits).toBe(1)
      await expect(fetch(`http://127.0.0.1:${ports.http}/`)).rejects.toThrow('fetch failed')
    }
  })

  it('makes a secret of at least 32 characters', async () => {
    const livekit = await startLivekitServer({ binary: binary ?? '', webhookUrls: [] })
    expect(livekit.apiSecret.length).toBeGreaterThanOrEqual(32)
    await livekit.stop()
  })
})
