import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, isAbsolute, join } from 'node:path'

const suffix = process.platform === 'win32' ? '.exe' : ''

/** Toxiproxy's folder inside Go's. */
export const toxiproxyFolder = 'toxiproxy'
/** What the Python of the tests has, and the file in its folder that says it is whole. */
export const pythonPackages = ['python-socketio[client]==5.18.1', 'websocket-client==1.9.2']
export const pythonReady = 'usher-ready'

/** The real programs that tests and benches run against, as absolute paths; null where one isn't there. Settings win over PATH. */
export function findPeers() {
  return {
    redis: findRedis(),
    chromium: findChromium(),
    livekit: findLivekit(),
    postgres: findPostgres(),
    toxiproxy: findToxiproxy(),
    python: findPython(),
  }
}

export function findRedis() {
  return fromSetting('USHER_REDIS_SERVER') ?? onPath('redis-server')
}

export function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  return fromSetting('USHER_CHROMIUM') ?? names.map(onPath).find((path) => path !== null) ?? null
}

/** `go install` names LiveKit's server just `server`, so what lies in Go's folder is asked who it is. */
export function findLivekit() {
  const given = fromSetting('USHER_LIVEKIT_SERVER') ?? onPath('livekit-server')
  if (given !== null) return given
  const candidates = goBinFolders().flatMap((folder) => [join(folder, `livekit-server${suffix}`), join(folder, `server${suffix}`)])
  return candidates.find((path) => isProgram(path) && isLivekit(path)) ?? null
}

/** The folder of PostgreSQL's programs, the newest where there are several. Debian keeps it off PATH. */
export function findPostgres() {
  const given = process.env.USHER_POSTGRES_BIN
  if (given !== undefined && given !== '') return hasPostgres(given) ? given : null
  const initdb = onPath('initdb')
  const linked = initdb === null ? [] : [dirname(realpathSync(initdb))]
  return [...linked, ...debianPostgresFolders()].find(hasPostgres) ?? null
}

function hasPostgres(folder) {
  return ['initdb', 'postgres'].every((name) => isProgram(join(folder, name + suffix)))
}

function debianPostgresFolders() {
  const all = '/usr/lib/postgresql'
  if (!existsSync(all)) return []
  const newestFirst = readdirSync(all).toSorted((a, b) => Number(b) - Number(a))
  return newestFirst.map((version) => join(all, version, 'bin'))
}

/** `go install` names this one just `server`, too, so it has a folder of its own in Go's. */
export function findToxiproxy() {
  const given = fromSetting('USHER_TOXIPROXY') ?? onPath('toxiproxy-server')
  return (
    given ??
    goBinFolders()
      .map((folder) => join(folder, toxiproxyFolder, `server${suffix}`))
      .find(isProgram) ??
    null
  )
}

/** A Python that has python-socketio: the one of the environment that `make-python.mjs` makes, once that is whole. */
export function findPython() {
  return (
    fromSetting('USHER_PYTHON') ?? (existsSync(join(pythonFolder(), pythonReady)) && isProgram(pythonProgram()) ? pythonProgram() : null)
  )
}

export function pythonProgram() {
  return join(pythonFolder(), process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
}

/** Where that environment lies: the user's cache, under the versions that are in it. */
export function pythonFolder() {
  const cache = process.env.XDG_CACHE_HOME
  const packages = pythonPackages.map((name) => name.replaceAll(/[^\w.-]+/g, '-')).join('_')
  return join(cache !== undefined && isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'usher', packages)
}

/** A program on PATH, or null. */
export function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name + suffix)).find(isProgram) ?? null
}

/** Where `go install` puts what it built, likeliest first. */
export function goBinFolders() {
  const paths = process.env.GOPATH?.split(delimiter).map((path) => join(path, 'bin')) ?? []
  return [process.env.GOBIN, ...paths, join(homedir(), 'go', 'bin')].filter((folder) => folder !== undefined && folder !== '')
}

function isLivekit(path) {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 5_000 })
  return /livekit-server/i.test(stdout ?? '')
}

/** An empty setting says that there is none. */
function fromSetting(name) {
  const path = process.env[name]
  return path !== undefined && path !== '' && isProgram(path) ? path : null
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
