import { spawnSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

const suffix = process.platform === 'win32' ? '.exe' : ''

/** The real programs that tests and benches run against, as absolute paths; null where one isn't there. Settings win over PATH. */
export function findPeers() {
  return { redis: findRedis(), chromium: findChromium(), livekit: findLivekit() }
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
