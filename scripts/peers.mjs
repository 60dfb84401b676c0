import { join } from 'node:path'
import {
  findChromium,
  findLivekit,
  findPostgres,
  findPython,
  findRedis,
  findToxiproxy,
  goBinFolders,
  onPath,
  toxiproxyFolder,
} from './lib/find-peers.mjs'
import { canMakePython, makePython } from './lib/make-python.mjs'
import { collect } from './lib/run.mjs'
import { PlainError, say, step } from './lib/say.mjs'

const livekitPackage = 'github.com/livekit/livekit-server/cmd/server@v1.13.5'
const toxiproxyPackage = 'github.com/Shopify/toxiproxy/v2/cmd/server@v2.5.0'
const installMs = 10 * 60_000

const peers = [
  { name: 'redis-server', setting: 'USHER_REDIS_SERVER', find: findRedis, debian: 'redis-server' },
  { name: 'Chromium', setting: 'USHER_CHROMIUM', find: findChromium, debian: 'chromium' },
  { name: 'livekit-server', setting: 'USHER_LIVEKIT_SERVER', find: findLivekit, go: livekitPackage },
  { name: 'PostgreSQL', setting: 'USHER_POSTGRES_BIN', find: findPostgres, debian: 'postgresql', service: 'postgresql' },
  { name: 'toxiproxy', setting: 'USHER_TOXIPROXY', find: findToxiproxy, go: toxiproxyPackage, goFolder: toxiproxyFolder },
  { name: 'Python with python-socketio', setting: 'USHER_PYTHON', find: findPython },
]

/**
 * Finds the real programs that tests and benches need and installs those that are missing, where that can be done. Puts their paths into
 * this process's environment, for what it starts. With `CI=true` a missing one is an error; else it is told, and its suites skip.
 */
export async function ensurePeers() {
  const missing = peers.filter((peer) => peer.find() === null)
  const wantsPython = missing.some((peer) => peer.find === findPython)
  const wantsVenv = wantsPython && !(await canMakePython())
  const packages = [...missing.filter((peer) => peer.debian), ...(wantsVenv ? [{ name: 'venv', debian: 'python3-venv' }] : [])]
  await Promise.all([installDebian(packages), installGo(missing.filter((peer) => peer.go))])
  if (wantsPython) await attempt("making the tests' Python environment (PyPI)", () => makePython(installMs))
  const absent = []
  for (const peer of peers) {
    const path = peer.find()
    if (path === null) absent.push(peer.name)
    else process.env[peer.setting] = path
    say(path === null ? `${peer.name}: not here and not to be had; the suites that need it are skipped` : `${peer.name}: ${path}`)
  }
  if (absent.length > 0 && process.env.CI === 'true')
    throw new PlainError(`CI needs every peer, and these could not be had: ${absent.join(', ')}.`)
}

async function installDebian(wanted) {
  if (wanted.length === 0 || onPath('apt-get') === null) return
  const prefix = await rootPrefix()
  if (prefix === null) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const asRoot = (...words) => {
    const [command, ...args] = [...prefix, ...words]
    return collect(command, args, { env, timeoutMs: installMs })
  }
  const apt = (...args) => asRoot('apt-get', ...args)
  await attempt('updating the package list (apt-get update)', () => apt('update'))
  for (const peer of wanted) {
    await attempt(`installing ${peer.name} (apt-get install ${peer.debian})`, () =>
      apt('install', '-y', '--no-install-recommends', peer.debian),
    )
    // Tests start servers of their own; what the package has started serves nobody.
    if (peer.service) await asRoot('service', peer.service, 'stop')
  }
}

/** How to become root for apt: not at all when we are; by sudo only in CI, and only where it asks nothing; null when we can't. */
async function rootPrefix() {
  if (process.getuid?.() === 0) return []
  if (process.env.CI !== 'true') return null
  return (await collect('sudo', ['-n', 'true'])).code === 0 ? ['sudo', '-n'] : null
}

async function installGo(wanted) {
  const go = onPath('go') ?? '/usr/local/go/bin/go'
  for (const peer of wanted) {
    // Said aloud, because `go env -w` may have settled another folder, where it would not be found.
    const env = { ...process.env, GOBIN: join(goBinFolders()[0], peer.goFolder ?? '') }
    const { code } = await collect(go, ['version'])
    if (code !== 0) return
    await attempt(`building ${peer.name} (go install ${peer.go}, some minutes)`, () =>
      collect(go, ['install', peer.go], { env, timeoutMs: installMs }),
    )
  }
}

async function attempt(what, work) {
  const { code, output } = await step(what, work)
  if (code !== 0) say(`${what}: failed: ${output.trimEnd().split('\n').slice(-3).join(' / ')}`)
}
