import { chromium, type Browser, type Page } from 'playwright-core'
import type { FakeHost } from './fake-host.ts'
import { serveRenderer, type Served } from './serve-renderer.ts'

/** Chromium's flags for a machine without a display, where it may run as root. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export type OpenOptions = { readonly path?: string; readonly scheme?: 'dark' | 'light'; readonly width?: number; readonly height?: number }
/** A page that was opened; what it reports as an error is kept in `errors`. */
export type Opened = { readonly page: Page; readonly errors: string[]; readonly close: () => Promise<void> }

export type Screens = {
  readonly served: Served
  readonly open: (host: FakeHost, options?: OpenOptions) => Promise<Opened>
  readonly close: () => Promise<void>
}

export async function openScreens(): Promise<Screens> {
  const served = await serveRenderer()
  const browser: Browser = await chromium.launch({ executablePath: process.env['USHER_CHROMIUM'] ?? '/usr/bin/chromium', args: FLAGS })
  return {
    served,
    async open(host, options = {}) {
      const context = await browser.newContext({
        viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
        colorScheme: 'light',
      })
      await context.addInitScript((scheme) => localStorage.setItem('usher-color-scheme', scheme), options.scheme ?? 'dark')
      const page = await context.newPage()
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text())
      })
      await host.attach(page)
      await page.goto(`${served.url}#${options.path ?? '/'}`)
      return { page, errors, close: () => context.close() }
    },
    async close() {
      await browser.close()
      await served.close()
    },
  }
}
