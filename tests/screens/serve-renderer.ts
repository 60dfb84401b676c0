import { createServer, type Server } from 'node:http'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import react from '@vitejs/plugin-react'
import { build } from 'vite'

const root = join(import.meta.dirname, '..', '..')

/** The policy that the hosts serve the page with. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; img-src 'self' data:"

/** Within a tab that loads the page again and again, its scripts stay compiled. */
const CACHING = 'max-age=600'

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

export type Served = { readonly url: string; readonly folder: string; readonly close: () => Promise<void> }

/** Serves the built page on a free port of the loopback interface; `out/renderer` if it is newer than its sources, else a build of its own. */
export async function serveRenderer(): Promise<Served> {
  const ready = join(root, 'out', 'renderer')
  const isFresh = (await newest(ready)) > Math.max(await newest(join(root, 'src', 'renderer')), await newest(join(root, 'src', 'shared')))
  const folder = isFresh ? ready : await buildRenderer()
  const server = createServer((request, response) => {
    void answer(folder, request.url ?? '/').then(({ status, type, body }) => {
      response
        .writeHead(status, { 'content-type': type, 'content-security-policy': CONTENT_SECURITY_POLICY, 'cache-control': CACHING })
        .end(body)
    })
  })
  return {
    url: await listen(server),
    folder,
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      if (!isFresh) await rm(folder, { recursive: true })
    },
  }
}

async function buildRenderer(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'usher-renderer-'))
  await build({
    root: join(root, 'src', 'renderer'),
    base: './',
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    build: { outDir, emptyOutDir: true },
  })
  return outDir
}

async function answer(folder: string, url: string): Promise<{ status: number; type: string; body: Buffer | string }> {
  const path = normalize(decodeURIComponent(new URL(url, 'http://page').pathname))
  const file = path === '/' ? '/index.html' : path
  try {
    return { status: 200, type: types[extname(file)] ?? 'application/octet-stream', body: await readFile(join(folder, file)) }
  } catch {
    return { status: 404, type: 'text/plain', body: 'not found' }
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return `http://127.0.0.1:${address.port}/`
}

/** When the newest file below a folder was written (ms); 0 where there is none. */
async function newest(folder: string): Promise<number> {
  try {
    const files = await readdir(folder, { recursive: true })
    const times = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).mtimeMs))
    return Math.max(0, ...times)
  } catch {
    return 0
  }
}
