import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, type Locator, type Page } from 'playwright-core'
import { createSecretStore } from '#console/secrets.ts'
import { openProfileBook } from '#core/profiles/profile-book.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { chromiumOptions } from './chromium.ts'

/** The app as a moderator runs it: the built browser host, and Chromium on its link. */
export type App = {
  readonly page: Page
  /** The host's process. */
  readonly pid: number
  /** Everything the page was sent over its link to the host, as text. */
  readonly received: readonly string[]
  /** What the page reported as errors. */
  readonly errors: readonly string[]
  readonly openRoom: (room: string) => Promise<void>
  readonly tile: (room: string) => Locator
  readonly row: (identity: string) => Locator
  readonly connection: () => Locator
  readonly stop: () => Promise<void>
}

const silent = () => undefined

/** Starts the app with one saved profile, selected. `npm test` has built it before. */
export async function startApp(profile: Profile): Promise<App> {
  const folder = await mkdtemp(join(tmpdir(), 'usher-app-'))
  const book = await openProfileBook(createSecretStore(folder, silent), null, silent)
  await book.save(profile)
  await book.select(profile.id)
  const host = spawn(process.execPath, [resolve('out/main/console.js'), '--no-demo'], {
    env: { ...process.env, USHER_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(host, 'exit')
  const link = await linkOf(createInterface({ input: host.stdout }))
  const browser = await chromium.launch(chromiumOptions())
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const received: string[] = []
  const errors: string[] = []
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).port !== new URL(link).port) return
    socket.on('framereceived', ({ payload }) => received.push(payload.toString()))
  })
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(link)
  return {
    page,
    pid: host.pid ?? 0,
    received,
    errors,
    async openRoom(room) {
      await page.evaluate((name) => (location.hash = `/room/${encodeURIComponent(name)}`), room)
    },
    tile: (room) => page.locator(`[data-testid="room-tile"][data-room=${JSON.stringify(room)}]`),
    row: (identity) => page.locator(`[data-testid="participant-row"][data-identity=${JSON.stringify(identity)}]`),
    connection: () => page.getByTestId('connection'),
    async stop() {
      await browser.close()
      host.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function linkOf(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const link = /^Usher is at (\S+)$/.exec(line)?.[1]
    if (link !== undefined) return link
  }
  throw new Error('the console printed no link')
}
