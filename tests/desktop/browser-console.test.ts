import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { chromiumOptions } from '../harness/chromium.ts'
import { peers } from '../peers.ts'
import { makeDataFolder, runToEnd, startBrowserApp } from './browser-app.ts'

declare global {
  interface Window {
    heard?: unknown[]
  }
}

/** Collects what the host pushes to the page. */
async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const heard: unknown[] = []
    window.heard = heard
    window.usher?.onPushes((pushes) => heard.push(...pushes))
  })
}

async function hear(page: Page, text: string): Promise<void> {
  await page.waitForFunction((wanted) => JSON.stringify(window.heard).includes(wanted), text)
}

/** The host of the bridge and the state of its first answer, or its refusal. */
function startSession(page: Page): Promise<unknown> {
  return page.evaluate(() =>
    window.usher?.startSession({}).then(
      (snapshot) => ({ host: window.usher?.host, profile: snapshot.profile }),
      (error: unknown) => error,
    ),
  )
}

describe.skipIf(peers.chromium === null)('the built browser host', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch(chromiumOptions())
  })
  afterAll(() => browser.close())

  async function openBrowser() {
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    return context
  }

  it('opens by its link, and gives the page a bridge that survives a reload and serves a second tab', async () => {
    const app = await startBrowserApp(await makeDataFolder())
    const context = await openBrowser()
    const page = await context.newPage()
    const refused: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') refused.push(message.text())
    })
    await page.goto(app.link)
    expect(page.url()).toBe(`http://127.0.0.1:${app.port}/`)
    expect(await startSession(page)).toEqual({ host: 'browser', profile: null })
    expect(await page.locator('meta[name="usher-page"]').count()).toBe(0)
    await page.reload()
    expect(await startSession(page)).toEqual({ host: 'browser', profile: null })
    const tab = await context.newPage()
    await tab.goto(`http://127.0.0.1:${app.port}/`)
    expect(await startSession(tab)).toEqual({ host: 'browser', profile: null })
    expect(refused).toEqual([])
  })

  it("gives nothing to a browser that has the cookie without the page's key", async () => {
    const app = await startBrowserApp(await makeDataFolder())
    const owner = await openBrowser()
    await (await owner.newPage()).goto(app.link)
    const thief = await openBrowser()
    await thief.addCookies(await owner.cookies())
    const page = await thief.newPage()
    await page.goto(`http://127.0.0.1:${app.port}/`)
    expect(await startSession(page)).toMatchObject({
      ok: false,
      code: 'unavailable',
      message: expect.stringContaining('npm start -- --link') as string,
    })
  })

  it('tells a browser without a cookie how to get in', async () => {
    const app = await startBrowserApp(await makeDataFolder())
    const page = await (await openBrowser()).newPage()
    const answer = await page.goto(`http://127.0.0.1:${app.port}/`)
    expect(answer?.status()).toBe(401)
    expect(await page.locator('body').innerText()).toContain('npm start -- --link')
  })

  it('S4.6 says that it has stopped, then that the page needs a new link, and goes on by itself once it has one', async () => {
    const folder = await makeDataFolder()
    const first = await startBrowserApp(folder)
    const context = await openBrowser()
    const page = await context.newPage()
    await page.goto(first.link)
    await startSession(page)
    await listen(page)
    await first.end('SIGKILL')
    await hear(page, 'Usher itself has stopped')
    const second = await startBrowserApp(folder, first.port)
    await hear(page, 'open a new link')
    await (await context.newPage()).goto(second.link)
    await hear(page, 'session_reset')
    expect(await startSession(page)).toEqual({ host: 'browser', profile: null })
  })

  it('goes on when nobody reads what it prints any more, as after its terminal was closed', async () => {
    const folder = await makeDataFolder()
    const app = await startBrowserApp(folder)
    const page = await (await openBrowser()).newPage()
    await page.goto(app.link)
    await startSession(page)
    app.deafen()
    // Each is a warning in the log, and one on stderr.
    for (let count = 0; count < 3; count += 1) await page.evaluate(() => window.usher?.openRoom({} as never).catch(() => undefined))
    expect(await startSession(page)).toEqual({ host: 'browser', profile: null })
    expect(await app.end('SIGTERM')).toBe(0)
    const log = await readFile(join(folder, 'logs', 'console.log'), 'utf8')
    expect(log).toContain('payload of the wrong form')
    expect(log).not.toContain(' error ')
  })

  it('prints a new link on command, ends with exit code 0 on Ctrl-C, and leaves no way in behind', async () => {
    const folder = await makeDataFolder()
    const app = await startBrowserApp(folder)
    expect((await stat(join(folder, 'console.json'))).mode & 0o777).toBe(0o600)
    const link = await runToEnd(folder)
    expect(link.code).toBe(0)
    expect(link.line).toMatch(new RegExp(`^Usher is at http://127\\.0\\.0\\.1:${app.port}/\\?launch=[\\w-]{43}$`))
    const page = await (await openBrowser()).newPage()
    await page.goto(link.line.replace('Usher is at ', ''))
    expect(await startSession(page)).toEqual({ host: 'browser', profile: null })
    expect(await app.end('SIGINT')).toBe(0)
    expect(await runToEnd(folder)).toEqual({ line: 'No Usher is running in a browser here: start it with npm start', code: 1 })
  })

  it('a second start with the same data folder is a new link to the first', async () => {
    const folder = await makeDataFolder()
    const first = await startBrowserApp(folder)
    const second = await runToEnd(folder, ['--no-demo'])
    expect(second).toEqual({ line: expect.stringContaining(`http://127.0.0.1:${first.port}/?launch=`), code: 0 })
    expect((await fetch(`http://127.0.0.1:${first.port}/`)).status).toBe(401)
  })
})
