import { app, BrowserWindow, dialog } from 'electron'
import { join, resolve } from 'node:path'
import { createCore, type Core } from '#core/core.ts'
import { createLog } from '#core/hosting/log-lines.ts'
import { describeError } from '#shared/lib/describe-error.ts'
import { outliveReaders } from '#shared/lib/outlive-readers.ts'
import { registerAppProtocol, serveApp } from './app-protocol.ts'
import { serveIpc } from './ipc-main.ts'
import { createLauncher } from './launcher.ts'
import { createSecretStore } from './secrets.ts'
import { createWindow, guardContents, loadApp } from './window.ts'

/** The built programs: this file lies in out/main, the page in out/renderer, the bridge in out/preload. */
const programs = import.meta.dirname
const preload = join(programs, '../preload/index.cjs')

async function run(): Promise<void> {
  const folder = app.getPath('userData')
  const log = createLog(join(folder, 'logs', 'main.log'), (line) => void process.stderr.write(`${line}\n`))
  process.on('uncaughtException', (error) => log('error', `Usher failed: ${error.message}`))
  await app.whenReady()

  const core = createCore({
    version: app.getVersion(),
    launcher: createLauncher(programs, join(folder, 'logs')),
    secrets: createSecretStore(folder, log),
    log,
    fallback: app.isPackaged ? null : 'demo',
  })
  quitWith(core)
  core.catch((error: unknown) => {
    log('error', `Usher could not start: ${describeError(error)}`)
    dialog.showErrorBox('Usher could not start', describeError(error))
    app.exit(1)
  })

  guardContents()
  serveApp(join(programs, '../renderer'))
  const ipc = serveIpc(core, log)
  function open(): void {
    const window = createWindow(preload)
    ipc.attach(window)
    loadApp(window).catch((error: unknown) => log('error', `the app's page could not be loaded: ${describeError(error)}`))
  }
  open()
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open()
  })
  app.on('second-instance', () => {
    const window = BrowserWindow.getAllWindows()[0]
    if (window === undefined) return open()
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
}

/** The app ends when core has, with all its children; whoever asks for it: a menu, the system, Ctrl-C. */
function quitWith(core: Promise<Core>): void {
  let disposal: Promise<void> | null = null
  let disposed = false
  app.on('before-quit', (event) => {
    if (disposed) return
    event.preventDefault()
    disposal ??= core
      .then((running) => running.dispose())
      .catch(() => undefined)
      .then(() => {
        disposed = true
        app.quit()
      })
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit())
}

const ownFolder = process.env['USHER_DATA_DIR']
if (ownFolder) app.setPath('userData', resolve(ownFolder))
outliveReaders(process)
app.enableSandbox()
registerAppProtocol()
if (app.requestSingleInstanceLock()) {
  run().catch((error: unknown) => {
    process.stderr.write(`Usher could not start: ${describeError(error)}\n`)
    app.exit(1)
  })
} else app.quit()
