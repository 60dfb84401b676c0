import { EventEmitter } from 'node:events'
import { chromium } from 'playwright-core'
import { StandInContents, type Handlers } from './browser-window.ts'

export { utilityProcess } from './utility-process.ts'

/** What stands in for Electron when the built main process runs in Node: the part that Usher uses, over a real Chromium. */
const endpoint = process.env['STAND_IN_CHROMIUM'] ?? ''
const browser = await chromium.connectOverCDP(endpoint)
const context = browser.contexts()[0] ?? (await browser.newContext())

const handlers: Handlers = { protocols: new Map(), invocations: new Map() }
const windows: BrowserWindow[] = []
const paths = new Map<string, string>()
const report: Record<string, unknown> = { options: null, schemes: null, sandboxed: false }

class StandInApp extends EventEmitter {
  readonly isPackaged = process.env['STAND_IN_PACKAGED'] === '1'
  enableSandbox = (): void => void (report['sandboxed'] = true)
  requestSingleInstanceLock = (): boolean => true
  whenReady = (): Promise<void> => Promise.resolve()
  getVersion = (): string => '0.0.0-test'
  setPath = (name: string, path: string): void => void paths.set(name, path)
  getPath = (name: string): string => paths.get(name) ?? ''

  quit(): void {
    let prevented = false
    this.emit('before-quit', { preventDefault: () => (prevented = true) })
    if (!prevented) this.exit(0)
  }

  exit(code: number): void {
    process.exit(code)
  }
}
export const app = new StandInApp()

export class BrowserWindow extends EventEmitter {
  readonly webContents = new StandInContents(handlers)
  readonly #preload: string

  constructor(options: { webPreferences: { preload: string } }) {
    super()
    report['options'] = options
    this.#preload = options.webPreferences.preload
    windows.push(this)
    app.emit('web-contents-created', {}, this.webContents)
    this.webContents.once('destroyed', () => {
      windows.splice(windows.indexOf(this), 1)
      if (windows.length === 0) app.emit('window-all-closed')
    })
  }

  static getAllWindows(): readonly BrowserWindow[] {
    return windows
  }

  async loadURL(address: string): Promise<void> {
    await this.webContents.open(context, this.#preload, address)
    this.emit('ready-to-show')
  }

  show = (): void => undefined
  isMinimized = (): boolean => false
  restore = (): void => undefined
  focus = (): void => void (report['focused'] = true)
}

export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown): void => void (report['schemes'] = schemes),
  handle: (scheme: string, handler: (request: Request) => Promise<Response>): void => void handlers.protocols.set(scheme, handler),
}

type PermissionCheck = (contents: unknown, permission: string) => boolean
let checkPermission: PermissionCheck = () => true
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (): void => void (report['permissionRequests'] = 'handled'),
    setPermissionCheckHandler: (handler: PermissionCheck): void => void (checkPermission = handler),
    setDevicePermissionHandler: (): void => void (report['devices'] = 'handled'),
  },
}

export const ipcMain = {
  handle: (channel: string, handler: (event: object, ...args: unknown[]) => unknown): void =>
    void handlers.invocations.set(channel, handler),
}

/** A keychain for tests: reversible, and not the text itself. */
export const safeStorage = {
  isAsyncEncryptionAvailable: (): Promise<boolean> => Promise.resolve(true),
  getSelectedStorageBackend: (): string => process.env['STAND_IN_KEYCHAIN'] ?? 'gnome_libsecret',
  encryptStringAsync: (text: string): Promise<Buffer> => Promise.resolve(Buffer.from(Buffer.from(text).map((byte) => byte ^ 0x5a))),
  decryptStringAsync: (sealed: Buffer): Promise<{ result: string }> =>
    Promise.resolve({ result: Buffer.from(sealed.map((byte) => byte ^ 0x5a)).toString() }),
}

export const dialog = {
  showErrorBox: (_title: string, text: string): void => void process.stderr.write(`${text}\n`),
}

/** What the test asks of the main process: what it set up, and calls that no page of ours could make. */
type Question =
  | { readonly id: number; readonly ask: 'report' }
  | { readonly id: number; readonly ask: 'permission'; readonly permission: string }
  | {
      readonly id: number
      readonly ask: 'invoke'
      readonly frame: object | null
      readonly known: boolean
      readonly args: readonly unknown[]
    }
  | { readonly id: number; readonly ask: 'second-instance' }
  | { readonly id: number; readonly ask: 'protocol'; readonly url: string; readonly method: string }

async function answer(question: Question): Promise<unknown> {
  const contents = windows[0]?.webContents
  switch (question.ask) {
    case 'report':
      return report
    case 'permission':
      return checkPermission(contents ?? null, question.permission)
    case 'invoke':
      return contents?.invokeAs(question.frame, 'usher:request', question.args, question.known ? contents : {})
    case 'second-instance':
      app.emit('second-instance')
      return report
    case 'protocol': {
      // An address that the URL parser has already tidied would hide what is tried here.
      const response = await handlers.protocols.get('usher-app')?.({ url: question.url, method: question.method } as Request)
      return response && { status: response.status, text: await response.text(), policy: response.headers.get('content-security-policy') }
    }
  }
}

process.on('message', (question: Question) => {
  void answer(question).then((value) => process.send?.({ id: question.id, value }))
})
