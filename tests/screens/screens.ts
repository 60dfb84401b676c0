import { chromium, type Browser, type Page } from 'playwright-core'
import type { RequestName } from '#shared/contract/ipc.ts'
import { chromiumOptions } from '../harness/chromium.ts'
import { installBridge, type FakeHost } from './fake-host.ts'
import { serveRenderer } from './serve-renderer.ts'

export type OpenOptions = {
  readonly path?: string
  readonly scheme?: 'dark' | 'light'
  readonly width?: number
  readonly height?: number
  /** Gives the page a clock that the test can move on, and a context of its own. */
  readonly clock?: boolean
}
/** A page that was opened; what it reports as an error is kept in `errors`. */
export type Opened = { readonly page: Page; readonly errors: readonly string[]; readonly close: () => Promise<void> }

export type Screens = { readonly open: (host: FakeHost, options?: OpenOptions) => Promise<Opened>; readonly close: () => Promise<void> }

/** A page that shows one host after the other. */
type Stage = {
  readonly page: Page
  readonly show: (host: FakeHost, url: string) => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

/** Serves the page to one browser. Opening loads it anew, with nothing stored, in a tab that stays: a tab of its own for each test takes longer than most tests. */
export async function openScreens(): Promise<Screens> {
  const served = await serveRenderer()
  const browser = await chromium.launch(chromiumOptions())
  const shared = await setStage(browser)
  return {
    async open(host, options = {}) {
      const stage = options.clock === true ? await setStage(browser) : shared
      if (options.clock === true) await stage.page.clock.install()
      await stage.page.setViewportSize({ width: options.width ?? 1440, height: options.height ?? 900 })
      const errors = await stage.show(host, `${served.url}?scheme=${options.scheme ?? 'dark'}#${options.path ?? '/'}`)
      return { page: stage.page, errors, close: () => (stage === shared ? leave(stage.page) : stage.close()) }
    },
    async close() {
      await browser.close()
      await served.close()
    },
  }
}

async function setStage(browser: Browser): Promise<Stage> {
  const context = await browser.newContext({ colorScheme: 'light' })
  const page = await context.newPage()
  let host: FakeHost | null = null
  let errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.exposeFunction('usherAsk', (name: RequestName, payload: unknown) => host?.ask(name, payload))
  await page.addInitScript(installBridge)
  await page.addInitScript(() => {
    const scheme = new URLSearchParams(location.search).get('scheme')
    if (scheme !== null && localStorage.length === 0) localStorage.setItem('usher-color-scheme', scheme)
  })
  return {
    page,
    async show(next, url) {
      host = next
      errors = []
      next.attach(page)
      await page.goto(url)
      return errors
    },
    close: () => context.close(),
  }
}

/** Forgets what the page stored, and leaves it: another address behind the `#` alone would not load it anew. */
async function leave(page: Page): Promise<void> {
  await page.evaluate(() => localStorage.clear())
  await page.mouse.move(0, 0)
  await page.goto('about:blank')
}
