import { existsSync } from 'node:fs'
import { delimiter } from 'node:path'
import { matchesStamp, takeFingerprint, writeStamp } from './lib/fingerprint.mjs'
import { isInstalled } from './lib/installed.mjs'
import { withLock } from './lib/lock.mjs'
import { inRoot, node24 } from './lib/paths.mjs'
import { collect } from './lib/run.mjs'
import { PlainError, step } from './lib/say.mjs'

const buildInputs = ['src', 'electron.vite.config.ts', 'package.json', 'package-lock.json', 'tsconfig.json'].map((path) => inRoot(path))
const buildStamp = inRoot('out/.stamp')
const buildResults = ['index', 'console', 'sync-server', 'operator', 'demo'].map((name) => inRoot('out/main', `${name}.js`))

/** Installs the dependencies if they are not what the lock file asks for, and puts Node 24 first on this process's PATH. */
export async function ensureInstalled() {
  if (!isInstalled()) {
    await withLock('install', async () => {
      if (!isInstalled()) await install()
    })
  }
  process.env.PATH = [inRoot('node_modules/.bin'), process.env.PATH].join(delimiter)
}

/** Builds all programs into `out/` if a source changed since. With nothing to do it takes some 10 ms. */
export async function ensureBuilt() {
  if (isBuilt()) return
  await withLock('build', async () => {
    if (!isBuilt()) await build()
  })
}

function isBuilt() {
  return buildResults.every((file) => existsSync(file)) && matchesStamp(buildInputs, buildStamp)
}

async function build() {
  const fingerprint = takeFingerprint(buildInputs)
  await step('building', async () => {
    const { code, output } = await collect(node24, [inRoot('node_modules/electron-vite/bin/electron-vite.js'), 'build'])
    if (code !== 0) throw new PlainError(`${output.trimEnd()}\nThe build failed; the lines above say where.`)
  })
  writeStamp(buildStamp, fingerprint)
}

async function install() {
  await step('installing dependencies (npm ci)', async () => {
    const { code, output } = await npm(['ci', '--no-fund', '--no-audit', '--loglevel=error'])
    if (code !== 0) throw new PlainError(`${output.trimEnd()}\nnpm ci failed; the lines above say why.`)
  })
  if (await runs24()) return
  // npm may have blocked the package's install script, which fetches the binary for this platform.
  await step('installing Node 24', () => collect('node', ['installArchSpecificPackage'], { cwd: inRoot('node_modules/node') }))
  if (await runs24()) return
  throw new PlainError('Node 24 could not be installed: run `npm install-scripts approve node`, then `npm ci`, and look at what it prints.')
}

/** npm as it runs this script, if it does: where it is a `.cmd` file it can't be spawned by its name. */
function npm(args) {
  const itself = process.env.npm_execpath
  return itself?.endsWith('.js') ? collect('node', [itself, ...args]) : collect('npm', args)
}

async function runs24() {
  const { code, output } = await collect(node24, ['--version'], { timeoutMs: 10_000 })
  return code === 0 && output.startsWith('v24.')
}
