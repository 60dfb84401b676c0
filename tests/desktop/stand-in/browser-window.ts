import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { BrowserContext, Frame, Page, Route } from 'playwright-core'
import { toAppAddress, toPageAddress } from './page-address.ts'

export type Handlers = {
  readonly protocols: Map<string, (request: Request) => Promise<Response>>
  readonly invocations: Map<string, (event: object, ...args: unknown[]) => unknown>
}

/** What runs in the page before the preload: `electron` as a sandboxed preload has it. */
const pageSide = `
const listeners = new Map()
window.__electronReceive = (channel, args) => { for (const listener of listeners.get(channel) ?? []) listener({}, ...args) }
const electron = {
  contextBridge: { exposeInMainWorld: (name, api) => Object.defineProperty(window, name, { value: Object.freeze(api) }) },
  ipcRenderer: {
    invoke: (channel, ...args) => window.__electronInvoke(channel, args),
    on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    off: (channel, listener) => listeners.set(channel, (listeners.get(channel) ?? []).filter((other) => other !== listener)),
  },
}
const requireInSandbox = (name) => { if (name !== 'electron') throw new Error('a sandboxed preload has no ' + name); return electron }
`

/** A page's side of Electron's `webContents`, as far as the app uses it. */
export class StandInContents extends EventEmitter {
  readonly #handlers: Handlers
  page: Page | null = null
  #openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' })
  #loading = true

  constructor(handlers: Handlers) {
    super()
    this.#handlers = handlers
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.#openHandler = handler
  }

  send(channel: string, ...args: unknown[]): void {
    // A page that is gone or just loading hears nothing, as in Electron.
    this.page?.evaluate(([name, values]) => window.__electronReceive?.(name, values), [channel, args] as const).catch(() => undefined)
  }

  isDestroyed(): boolean {
    return this.page?.isClosed() ?? false
  }

  getURL(): string {
    return toAppAddress(this.page?.url() ?? '')
  }

  async open(context: BrowserContext, preload: string, address: string): Promise<void> {
    const page = await context.newPage()
    this.page = page
    page.on('close', () => this.emit('destroyed'))
    page.on('popup', (popup) => {
      if (this.#openHandler({ url: popup.url() }).action === 'deny') void popup.close()
    })
    await page.exposeBinding('__electronInvoke', ({ frame }, channel: string, args: unknown[]) => this.invoke(frame, channel, args))
    await page.addInitScript(
      `if (window.top === window) { ${pageSide} ;((require, module, exports) => { ${await readFile(preload, 'utf8')}\n})(requireInSandbox, { exports: {} }, {}) }`,
    )
    await page.route('**/*', (route) => this.#answer(route))
    await page.goto(toPageAddress(address))
  }

  async invoke(frame: Frame, channel: string, args: readonly unknown[]): Promise<unknown> {
    const origin = toAppAddress(new URL(frame.url() === 'about:blank' ? 'null:' : frame.url()).origin)
    return this.invokeAs({ parent: frame.parentFrame() === null ? null : {}, origin }, channel, args)
  }

  async invokeAs(senderFrame: object | null, channel: string, args: readonly unknown[], sender: unknown = this): Promise<unknown> {
    const handler = this.#handlers.invocations.get(channel)
    if (!handler) throw new Error(`no handler for ${channel}`)
    return handler({ sender, senderFrame }, ...args)
  }

  /**
   * Every request of the page: a navigation is told and may be prevented then, in Electron's order; the app's own protocol is answered by
   * its handler, and nothing else is there.
   */
  async #answer(route: Route): Promise<void> {
    const request = route.request()
    const url = toAppAddress(request.url())
    if (request.isNavigationRequest()) {
      const isMainFrame = request.frame().parentFrame() === null
      let prevented = false
      this.emit('did-start-navigation', { url, isMainFrame, isSameDocument: false })
      if (!this.#loading) this.emit('will-frame-navigate', { url, isMainFrame, preventDefault: () => (prevented = true) })
      if (prevented) return route.abort('aborted')
      this.#loading = false
    }
    const handler = this.#handlers.protocols.get(new URL(url).protocol.slice(0, -1))
    if (!handler) return route.abort('blockedbyclient')
    const response = await handler(new Request(url, { method: request.method() }))
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    })
  }
}

declare global {
  interface Window {
    __electronReceive?: (channel: string, args: readonly unknown[]) => void
    __electronInvoke?: (channel: string, args: readonly unknown[]) => Promise<unknown>
  }
}
