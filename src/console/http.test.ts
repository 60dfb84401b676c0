import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LAUNCH_TOKEN_MS } from './launch-token.ts'
import { ask, launch, readNonce, startTestConsole } from './test-kit.ts'

function pathOf(link: string): string {
  const url = new URL(link)
  return url.pathname + url.search
}

describe('the launch link', () => {
  it('gives a HttpOnly, SameSite=Strict cookie named after the port, and leads to the page', async () => {
    const { console, port } = await startTestConsole()
    const answer = await ask(port, pathOf(console.newLink()))
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toBe('/')
    expect(answer.headers['set-cookie']?.[0]).toMatch(new RegExp(`^usher-${port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`))
  })

  it('opens once', async () => {
    const { console, port } = await startTestConsole()
    const path = pathOf(console.newLink())
    await ask(port, path)
    const again = await ask(port, path)
    expect(again.status).toBe(401)
    expect(again.headers['set-cookie']).toBeUndefined()
  })

  it('opens for ten minutes', async () => {
    const { console, port, clock } = await startTestConsole()
    const [inTime, late] = [pathOf(console.newLink()), pathOf(console.newLink())]
    clock.now += LAUNCH_TOKEN_MS - 1
    expect((await ask(port, inTime)).status).toBe(303)
    clock.now += 1
    expect((await ask(port, late)).status).toBe(401)
  })

  it('is not used up by a HEAD request, as a preview makes it', async () => {
    const { console, port } = await startTestConsole()
    const path = pathOf(console.newLink())
    expect((await ask(port, path, {}, 'HEAD')).status).toBe(401)
    expect((await ask(port, path)).status).toBe(303)
  })

  it('refuses a guessed token', async () => {
    const { port } = await startTestConsole()
    expect((await ask(port, '/?launch=guess')).status).toBe(401)
  })
})

describe('without a cookie of this console', () => {
  it.each(['/', '/index.html', '/assets/app.js', '/page-bridge.js', '/nothing'])(
    '%s is refused, telling how to get a link',
    async (path) => {
      const { port } = await startTestConsole()
      const answer = await ask(port, path, { cookie: `usher-${port}=guess; usher-1=other` })
      expect(answer.status).toBe(401)
      expect(answer.body).toContain('npm start -- --link')
      expect(answer.body).not.toContain('usher-page')
    },
  )
})

describe('Host and Origin', () => {
  it.each(['evil.example', '127.0.0.1', 'localhost', '127.0.0.1:1', '[::1]:80', 'usher.localhost:80'])(
    'refuses the Host %s',
    async (host) => {
      const { console, port } = await startTestConsole()
      const answer = await ask(port, pathOf(console.newLink()), { host })
      expect(answer.status).toBe(403)
      expect(answer.headers['set-cookie']).toBeUndefined()
    },
  )

  it('answers under localhost too', async () => {
    const { console, port } = await startTestConsole()
    expect((await ask(port, pathOf(console.newLink()), { host: `localhost:${port}` })).status).toBe(303)
  })

  it('refuses a foreign Origin, another port of this machine among them', async () => {
    const { console, port } = await startTestConsole()
    const { cookie } = await launch(console)
    for (const origin of [
      'http://evil.example',
      'null',
      `http://127.0.0.1:${port + 1}`,
      `https://127.0.0.1:${port}`,
      `http://localhost:${port}`,
    ]) {
      expect((await ask(port, '/', { cookie, origin })).status).toBe(403)
    }
    expect((await ask(port, '/', { cookie, origin: `http://127.0.0.1:${port}` })).status).toBe(200)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
    const { console, port } = await startTestConsole()
    const { cookie } = await launch(console)
    expect((await ask(port, '/', { cookie }, method)).status).toBe(405)
  })
})

describe('the page', () => {
  it('carries its key only the first time after a launch: a cookie that leaked to another port gets none', async () => {
    const { console, port } = await startTestConsole()
    const { cookie, nonce } = await launch(console)
    expect(nonce).toMatch(/^[\w-]{43}$/)
    expect(readNonce((await ask(port, '/', { cookie })).body)).toBeNull()
  })

  it('keeps its key for a GET when a HEAD came before', async () => {
    const { console, port } = await startTestConsole()
    const redirect = await ask(port, pathOf(console.newLink()))
    const cookie = redirect.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    await ask(port, '/', { cookie }, 'HEAD')
    expect(readNonce((await ask(port, '/', { cookie })).body)).not.toBeNull()
  })

  it('loads the bridge before the app, from any place in the app, with its policy', async () => {
    const { console, port } = await startTestConsole()
    const { cookie } = await launch(console)
    const answer = await ask(port, '/room/lobby', { cookie })
    expect(answer.status).toBe(200)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers['content-security-policy']).toContain("default-src 'self'; script-src 'self'")
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(answer.headers['cross-origin-opener-policy']).toBe('same-origin')
    expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(answer.headers['referrer-policy']).toBe('no-referrer')
    expect(answer.body.indexOf('/page-bridge.js')).toBeLessThan(answer.body.indexOf('"/assets/app.js"'))
    expect(answer.body.indexOf('/page-bridge.js')).toBeGreaterThan(0)
  })

  it('gets its files, and 404 for one that is not there', async () => {
    const { console, port } = await startTestConsole()
    const { cookie } = await launch(console)
    expect(await ask(port, '/assets/app.js', { cookie })).toMatchObject({ status: 200, body: 'export {}' })
    expect((await ask(port, '/page-bridge.js', { cookie })).body).toBe('start()')
    expect((await ask(port, '/assets/none.js', { cookie })).status).toBe(404)
  })

  it.each([
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/assets/..%2f..%2foutside.txt',
    '/..%5coutside.txt',
    '/%00',
    '/%',
  ])('never leaves its folder: %s', async (path) => {
    const { console, port } = await startTestConsole()
    const { cookie } = await launch(console)
    const answer = await ask(port, path, { cookie })
    expect(answer.status).toBe(404)
    expect(answer.body).not.toContain('not for the page')
  })

  it('follows no link out of its folder', async () => {
    const { console, port, folder, root } = await startTestConsole()
    await writeFile(join(folder, 'key.txt'), 'secret')
    await symlink(join(folder, 'key.txt'), join(root, 'assets', 'key.txt'))
    const { cookie } = await launch(console)
    expect((await ask(port, '/assets/key.txt', { cookie })).status).toBe(404)
  })
})
