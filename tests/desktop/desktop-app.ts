import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { findFreePort } from '#core/hosting/free-port.ts'
import { chromiumOptions } from '../harness/chromium.ts'

/** Where the build puts its programs. */
export const builtFolder = join(import.meta.dirname, '../../out')
const register = join(import.meta.dirname, 'stand-in/register.ts')
type Answer = { readonly id: number; readonly value: unknown }

export type DesktopApp = {
  readonly page: Page
  readonly dataFolder: string
  /** What main has said on stderr so far. */
  readonly said: () => string
  /** Asks the main process: see `Question` in stand-in/electron.ts. */
  readonly ask: (question: object) => Promise<unknown>
  /** Quits as a person would; resolves with the exit code. */
  readonly quit: () => Promise<number | null>
  readonly close: () => Promise<void>
}

/**
 * Runs the built desktop app without Electron's binary: main in Node, its window in Chromium. `packaged`: as an installed app, which starts
 * without the demo; `keychain`: the name of Linux's.
 */
export async function startDesktop(options: { readonly packaged: boolean; readonly keychain?: string }): Promise<DesktopApp> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'usher-desktop-'))
  const port = await findFreePort()
  const context = await chromium.launchPersistentContext(join(dataFolder, 'chromium'), chromiumOptions(`--remote-debugging-port=${port}`))
  const main = fork(join(builtFolder, 'main/index.js'), [], {
    execArgv: ['--import', register],
    env: {
      ...process.env,
      USHER_DATA_DIR: dataFolder,
      STAND_IN_CHROMIUM: `http://127.0.0.1:${port}`,
      STAND_IN_KEYCHAIN: options.keychain ?? 'gnome_libsecret',
      STAND_IN_PACKAGED: options.packaged ? '1' : '0',
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const said: string[] = []
  main.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const exited = once(main, 'exit')
  const waiting = new Map<number, (value: unknown) => void>()
  let lastId = 0
  main.on('message', ({ id, value }: Answer) => {
    waiting.get(id)?.(value)
    waiting.delete(id)
  })

  async function close(): Promise<void> {
    if (main.exitCode === null && main.signalCode === null) main.kill('SIGKILL')
    await exited
    await context.close()
    await rm(dataFolder, { recursive: true, force: true })
  }

  async function findPage(): Promise<Page> {
    const page = await Promise.race([context.waitForEvent('page'), exited.then(() => null)])
    if (page === null) throw new Error(`the main process ended before it opened a window: ${said.join('')}`)
    await page.waitForURL('http://app.usher-app.localhost/**')
    return page
  }

  const page = await findPage().catch(async (error: unknown) => {
    await close()
    throw error
  })
  return {
    page,
    dataFolder,
    said: () => said.join(''),
    ask(question) {
      const id = ++lastId
      const value = new Promise((resolve) => waiting.set(id, resolve))
      main.send({ id, ...question })
      return value
    },
    async quit() {
      main.kill('SIGTERM')
      await exited
      return main.exitCode
    },
    close,
  }
}
