import { app, BrowserWindow, session, type WebContents } from 'electron'
import { APP_ORIGIN, isAppAddress } from './app-address.ts'

/** What the app draws behind its first frame; the renderer's dark background. */
const BACKGROUND = '#0f1317'

/** Opens the window on the app. `preload` is the built bridge. */
export function createWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 640,
    minHeight: 480,
    title: 'Usher',
    backgroundColor: BACKGROUND,
    autoHideMenuBar: true,
    show: false,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  return window
}

export function loadApp(window: BrowserWindow): Promise<void> {
  return window.loadURL(`${APP_ORIGIN}/`)
}

/** Nothing in the app leads out of it: no other page, no second window, no webview, no permission. Must run before the first window. */
export function guardContents(): void {
  app.on('web-contents-created', (_event, contents) => guard(contents))
  const { defaultSession } = session
  defaultSession.setPermissionRequestHandler((contents, permission, answer) => answer(mayReachLiveKit(contents, permission)))
  defaultSession.setPermissionCheckHandler((contents, permission) => mayReachLiveKit(contents, permission))
  defaultSession.setDevicePermissionHandler(() => false)
}

function guard(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isAppAddress(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    if (!isAppAddress(event.url)) event.preventDefault()
  })
}

/**
 * The open room connects to LiveKit, which may run on this machine or in the office's network: Chromium asks for that. All else is denied.
 */
function mayReachLiveKit(contents: WebContents | null, permission: string): boolean {
  const network = permission === 'local-network-access' || permission === 'local-network' || permission === 'loopback-network'
  return network && contents !== null && isAppAddress(contents.getURL())
}
