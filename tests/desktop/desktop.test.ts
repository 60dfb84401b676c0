import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { peers } from '../peers.ts'
import { startDesktop, type DesktopApp } from './desktop-app.ts'

const TEAM = { kind: 'team', id: '', name: 'Night shift', serverUrl: 'http://127.0.0.1:9', token: 'a-token-that-must-not-leak' } as const
const DIRECT = {
  kind: 'direct',
  id: 'nowhere',
  name: 'Nowhere',
  livekitUrl: 'ws://127.0.0.1:9',
  apiKey: 'a-key-that-must-not-leak',
  apiSecret: 'a-secret-that-must-not-leak-anywhere-at-all',
  redisUrl: null,
} as const
const APP = { parent: null, origin: 'usher-app://app' }

describe.skipIf(peers.chromium === null)('the built desktop app', () => {
  let desktop: DesktopApp
  beforeAll(async () => {
    desktop = await startDesktop({ packaged: true })
  })
  afterAll(() => desktop.close())

  it('D1 opens its window sandboxed, isolated, without Node, webviews or insecure content', async () => {
    const report = await desktop.ask({ ask: 'report' })
    expect(report).toMatchObject({
      sandboxed: true,
      permissionRequests: 'handled',
      devices: 'handled',
      options: {
        webPreferences: {
          sandbox: true,
          contextIsolation: true,
          nodeIntegration: false,
          nodeIntegrationInSubFrames: false,
          nodeIntegrationInWorker: false,
          webSecurity: true,
          allowRunningInsecureContent: false,
          webviewTag: false,
        },
      },
      schemes: [{ scheme: 'usher-app', privileges: { standard: true, secure: true, supportFetchAPI: true } }],
    })
    expect(JSON.stringify(report)).not.toContain('bypassCSP')
  })

  it('loads the page through its own protocol, with a policy that lets no foreign script in', async () => {
    await desktop.page.locator('#root div:visible').first().waitFor()
    const page = await desktop.ask({ ask: 'protocol', url: 'usher-app://app/', method: 'GET' })
    expect(page).toMatchObject({ status: 200 })
    expect(JSON.stringify(page)).toContain("default-src 'self'; script-src 'self'; ")
    const ran = await desktop.page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.injected = true'
      document.head.append(script)
      return 'injected' in window
    })
    expect(ran).toBe(false)
  })

  it('serves nothing outside the page, whatever the address looks like', async () => {
    for (const path of [
      '/../main/index.js',
      '/%2e%2e/main/index.js',
      '/..%2fmain%2findex.js',
      '/..%5cmain%5cindex.js',
      '/%00',
      '/none.js',
    ]) {
      expect(await desktop.ask({ ask: 'protocol', url: `usher-app://app${path}`, method: 'GET' })).toMatchObject({ status: 404 })
    }
    for (const url of ['usher-app://other/', 'usher-app://app.evil/', 'usher-app://app@evil/']) {
      expect(await desktop.ask({ ask: 'protocol', url, method: 'GET' })).toMatchObject({ status: 403 })
    }
    expect(await desktop.ask({ ask: 'protocol', url: 'usher-app://app/', method: 'POST' })).toMatchObject({ status: 403 })
  })

  it('D1 gives the page one bridge, which answers', async () => {
    const { host, names, snapshot } = await desktop.page.evaluate(async () => {
      const bridge = window.usher
      if (!bridge) throw new Error('no bridge')
      return { host: bridge.host, names: Object.keys(bridge), snapshot: await bridge.startSession({}) }
    })
    expect(host).toBe('electron')
    expect(names).toContain('act')
    expect(names.join(' ')).not.toMatch(/ipc|invoke|send|require/i)
    expect(snapshot).toMatchObject({ version: '0.0.0-test', profile: null })
  })

  it('refuses a wrong payload as plain data with a code', async () => {
    const refusal = await desktop.page.evaluate(() =>
      window.usher?.openRoom({ room: '' }).then(
        () => null,
        (error: unknown) => error,
      ),
    )
    expect(refusal).toMatchObject({ ok: false, code: 'invalid' })
  })

  it('refuses a name that is not in the contract', async () => {
    for (const name of ['shutdown', 'toString', '__proto__', 1, null]) {
      expect(await desktop.ask({ ask: 'invoke', frame: APP, known: true, args: [name, {}] })).toMatchObject({ ok: false, code: 'invalid' })
    }
  })

  it('refuses every sender but the main frame of its own page', async () => {
    const request = ['list_profiles', {}]
    expect(await desktop.ask({ ask: 'invoke', frame: APP, known: true, args: request })).toMatchObject({ ok: true })
    const refused = { ok: false, code: 'forbidden' }
    expect(await desktop.ask({ ask: 'invoke', frame: APP, known: false, args: request })).toMatchObject(refused)
    expect(await desktop.ask({ ask: 'invoke', frame: null, known: true, args: request })).toMatchObject(refused)
    expect(await desktop.ask({ ask: 'invoke', frame: { ...APP, parent: {} }, known: true, args: request })).toMatchObject(refused)
    for (const origin of ['https://evil.example', 'null', 'usher-app://app.evil', 'file://']) {
      expect(await desktop.ask({ ask: 'invoke', frame: { parent: null, origin }, known: true, args: request })).toMatchObject(refused)
    }
  })

  it('refuses a frame inside the page, which has no bridge either', async () => {
    const [hasBridge, reply] = await desktop.page.evaluate(async () => {
      const frame = document.createElement('iframe')
      document.body.append(frame)
      const inner = frame.contentWindow
      return [inner !== null && 'usher' in inner, await inner?.__electronInvoke?.('usher:request', ['list_profiles', {}])] as const
    })
    expect(hasBridge).toBe(false)
    expect(reply).toMatchObject({ ok: false, code: 'forbidden' })
  })

  it('never leaves its page, and opens no other', async () => {
    const before = desktop.page.url()
    const aborted = desktop.page.waitForEvent('requestfailed', (request) => request.url().startsWith('https://evil.example/'))
    await desktop.page.evaluate(() => window.location.assign('https://evil.example/'))
    await aborted
    expect(desktop.page.url()).toBe(before)
    const popup = desktop.page.waitForEvent('popup')
    await desktop.page.evaluate(() => void window.open('https://evil.example/', '_blank'))
    const opened = await popup
    if (!opened.isClosed()) await opened.waitForEvent('close')
    expect(opened.isClosed()).toBe(true)
  })

  it('grants no permission but the way to LiveKit', async () => {
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'display-capture', 'openExternal', 'usb']) {
      expect(await desktop.ask({ ask: 'permission', permission })).toBe(false)
    }
    expect(await desktop.ask({ ask: 'permission', permission: 'local-network-access' })).toBe(true)
  })

  it('D1 keeps a profile in the keychain: the file shows nothing of it, the page gets no secret back', async () => {
    const saved = await desktop.page.evaluate((profile) => window.usher?.saveProfile(profile), TEAM)
    expect(saved).toMatchObject([{ kind: 'team', name: 'Night shift' }])
    expect(JSON.stringify(saved)).not.toContain(TEAM.token)
    const file = join(desktop.dataFolder, 'profiles.safe')
    expect((await readFile(file)).includes(TEAM.token)).toBe(false)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await desktop.page.evaluate((id) => window.usher?.removeProfile({ id }), saved?.[0]?.id ?? '')).toEqual([])
  })

  it('D1 runs the embedded sync server as a utility process: a LiveKit that is not there is one plain line on the screen, without secrets', async () => {
    const heard = desktop.page.evaluate(
      () =>
        new Promise<unknown[]>((resolve) => {
          const all: unknown[] = []
          window.usher?.onPushes((pushes) => {
            all.push(...pushes)
            const refused = pushes.some(({ name, payload }) => name === 'connection_changed' && payload.state === 'offline')
            if (refused) resolve(all)
          })
        }),
    )
    await desktop.page.evaluate(async (profile) => {
      await window.usher?.saveProfile(profile)
      await window.usher?.selectProfile({ id: profile.id })
    }, DIRECT)
    const said = JSON.stringify(await heard)
    expect(said).toContain("can't reach LiveKit at ws://127.0.0.1:9")
    for (const text of [said, desktop.said(), await readFile(join(desktop.dataFolder, 'logs/sync-server.log'), 'utf8')]) {
      expect(text).not.toContain(DIRECT.apiSecret)
      expect(text).not.toContain(DIRECT.apiKey)
    }
    expect(await desktop.page.evaluate((id) => window.usher?.removeProfile({ id }), DIRECT.id)).toEqual([])
  })

  it('keeps answering after a reload', async () => {
    await desktop.page.reload()
    const profiles = await desktop.page.evaluate(() => window.usher?.listProfiles({}))
    expect(profiles).toEqual([])
  })

  it('brings its window to the front when it is started a second time', async () => {
    expect(await desktop.ask({ ask: 'second-instance' })).toMatchObject({ focused: true })
  })

  it('ends with exit code 0 when it is told to, after core has', async () => {
    expect(await desktop.quit()).toBe(0)
  })
})

describe.skipIf(peers.chromium === null)('without a keychain', () => {
  it('a profile is refused, and nothing of it is written', async () => {
    const desktop = await startDesktop({ packaged: true, keychain: 'basic_text' })
    onTestFinished(desktop.close)
    const refusal = await desktop.page.evaluate(
      (profile) =>
        window.usher?.saveProfile(profile).then(
          () => null,
          (error: unknown) => error,
        ),
      TEAM,
    )
    expect(refusal).toMatchObject({ ok: false, code: 'unavailable' })
    expect(desktop.said()).toContain('offers no keychain')
    expect((await readdir(desktop.dataFolder)).filter((name) => name.startsWith('profiles'))).toEqual([])
  })
})
