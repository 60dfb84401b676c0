import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { Core } from '#core/core.ts'
import type { Push } from '#shared/contract/ipc.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import { startConsole, type RunningConsole } from './console.ts'

/** A core that answers every request with its own name and payload, and remembers what reached it. */
function createFakeCore() {
  const asked: { name: string; payload: unknown }[] = []
  const pushed = new Emitter<readonly Push[]>()
  let disposed = false
  const core: Core = {
    connect(onPushes) {
      const unsubscribe = pushed.subscribe(onPushes)
      return {
        async request(name, payload) {
          asked.push({ name, payload })
          return { ok: true, value: { name, payload } }
        },
        close: unsubscribe,
      }
    },
    dispose: () => {
      disposed = true
      return Promise.resolve()
    },
  }
  return { core, asked, push: (pushes: readonly Push[]) => pushed.emit(pushes), clients: () => pushed.size, isDisposed: () => disposed }
}

/** A folder that is gone when the test is over. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'usher-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const INDEX =
  '<!doctype html><html><head><title>Usher</title></head><body><script type="module" src="./assets/app.js"></script></body></html>'

/** A console with a small page and a fake core, on a free port, closed with the test. */
export async function startTestConsole() {
  const folder = await makeFolder()
  const root = join(folder, 'renderer')
  const bridge = join(folder, 'page-bridge.cjs')
  await mkdir(join(root, 'assets'), { recursive: true })
  await writeFile(join(root, 'index.html'), INDEX)
  await writeFile(join(root, 'assets', 'app.js'), 'export {}')
  await writeFile(bridge, 'start()')
  await writeFile(join(folder, 'outside.txt'), 'not for the page')
  const fake = createFakeCore()
  const clock = { now: 1_000_000 }
  const logged: string[] = []
  const started = await startConsole({
    port: 0,
    page: { root, bridge },
    controlFile: join(folder, 'console.json'),
    createCore: () => Promise.resolve(fake.core),
    log: (level, message) => void logged.push(`${level} ${message}`),
    now: () => clock.now,
  })
  if (!started.ok) throw new Error(started.message)
  const console: RunningConsole = started.value
  let closed = false
  const close = async (): Promise<void> => {
    if (!closed) await console.close()
    closed = true
  }
  onTestFinished(close)
  return { ...fake, console, clock, logged, folder, root, close, port: console.port, controlFile: join(folder, 'console.json') }
}

export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }

/** One raw request: `path` and every header go out exactly as given. */
export function ask(port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      )
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** What a browser does with a launch link: the cookie, and the nonce of the first page. */
export async function launch(running: RunningConsole): Promise<{ cookie: string; nonce: string }> {
  const link = new URL(running.newLink())
  const redirect = await ask(running.port, link.pathname + link.search)
  const cookie = redirect.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const page = await ask(running.port, '/', { cookie })
  return { cookie, nonce: readNonce(page.body) ?? '' }
}

export function readNonce(html: string): string | null {
  return /<meta name="usher-page" content="([^"]+)">/.exec(html)?.[1] ?? null
}

export type TestPage = {
  readonly send: (message: unknown) => void
  readonly next: () => Promise<unknown>
  /** The code the socket was closed with, or the HTTP status that refused it. */
  readonly ended: Promise<number>
  readonly socket: WebSocket
}

/** A page's socket, without the page. `headers` go out as given; an Origin is only sent when it's among them. */
export function openSocket(port: number, headers: Record<string, string>, path = '/socket'): TestPage {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  const arrived: unknown[] = []
  const wanted: ((message: unknown) => void)[] = []
  const ended = Promise.withResolvers<number>()
  socket.on('message', (data) => {
    // The console sends text; ws hands it on as one Buffer.
    const message: unknown = JSON.parse((data as Buffer).toString())
    const take = wanted.shift()
    if (take) take(message)
    else arrived.push(message)
  })
  socket.on('unexpected-response', (_request, response) => {
    ended.resolve(response.statusCode ?? 0)
    response.destroy()
  })
  socket.on('close', (code) => ended.resolve(code))
  socket.on('error', () => undefined)
  onTestFinished(() => socket.terminate())
  return {
    send: (message) => {
      const text = typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message)
      if (socket.readyState === socket.OPEN) socket.send(text)
      else socket.once('open', () => socket.send(text))
    },
    next: () => (arrived.length > 0 ? Promise.resolve(arrived.shift()) : new Promise((resolve) => wanted.push(resolve))),
    ended: ended.promise,
    socket,
  }
}

/** A socket that has been let in. */
export async function openPage(running: RunningConsole): Promise<TestPage> {
  const { cookie, nonce } = await launch(running)
  const page = openSocket(running.port, { cookie, origin: `http://127.0.0.1:${running.port}` })
  page.send({ nonce })
  await page.next()
  return page
}
