import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { disposeRtc } from '#demo/rtc.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { startApp, type App } from '../harness/app.ts'
import { freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const run = promisify(execFile)

describe.skipIf(peers.livekit === null || peers.chromium === null)('a Direct profile: the app runs a sync server of its own', () => {
  let stack: Stack
  let app: App | undefined

  beforeAll(async () => {
    stack = await startStack({ webhooksTo: [] })
  })
  afterEach(async () => {
    await app?.stop()
    app = undefined
  })
  afterAll(async () => {
    await stack.stop()
    await disposeRtc()
  })

  function direct(more: Partial<Extract<Profile, { kind: 'direct' }>> = {}): Profile {
    const { url, apiKey, apiSecret } = stack.livekit
    return { kind: 'direct', id: 'direct', name: 'My LiveKit', livekitUrl: url, apiKey, apiSecret, redisUrl: null, ...more }
  }

  it('shows the rooms though no webhook reaches it, and is back by itself after a crash; no secret gets to the page', async () => {
    const room = freshRoom('direct')
    await stack.join(room, 'ana')
    app = await startApp(direct())
    await app.tile(room).waitFor()
    await app.page.locator('[data-testid="connection"][data-state="live"]').waitFor()
    const { stdout } = await run('pgrep', ['-P', String(app.pid), '-f', 'sync-server.js'])
    process.kill(Number(stdout.trim()), 'SIGKILL')
    await app.page.locator('[data-testid="connection"]:not([data-state="live"])').waitFor()
    await app.page.locator('[data-testid="connection"][data-state="live"]').waitFor({ timeout: 5000 })
    await app.tile(room).waitFor()
    const seen = `${app.received.join('\n')}${await app.page.content()}`
    expect(seen).toContain(room)
    expect(seen).not.toContain(stack.livekit.apiSecret)
    expect(seen).not.toContain(`"${stack.livekit.apiKey}"`)
  })

  it.each([
    ['a wrong secret', { apiSecret: 'w'.repeat(40) }, /refuses the API key or secret/],
    ['a URL where nobody listens', { livekitUrl: 'ws://127.0.0.1:19' }, /can't reach LiveKit/],
    ['a Redis that is not there', { redisUrl: 'redis://127.0.0.1:19' }, /can't use Redis/],
  ])('says in the console what is wrong with %s', async (_what, more, says) => {
    app = await startApp(direct(more))
    await app.page.locator('[data-testid="connection"][data-state="offline"]').waitFor()
    await app.connection().click()
    await app.page.getByText(says).first().waitFor()
    expect(app.errors).toEqual([])
  })
})
