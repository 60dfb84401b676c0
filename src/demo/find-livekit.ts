import { execFileSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

const suffix = process.platform === 'win32' ? '.exe' : ''

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** `go install` names the binary after its folder, `server`: only its own word tells whether it is LiveKit. */
function saysItIsLivekit(file: string): boolean {
  try {
    const answer = execFileSync(file, ['--version'], { encoding: 'utf8', timeout: 5000, stdio: ['ignore', 'pipe', 'ignore'] })
    return answer.startsWith('livekit-server version')
  } catch {
    return false
  }
}

function folders(list: string | undefined): string[] {
  return (list ?? '').split(delimiter).filter((folder) => folder !== '')
}

/**
 * The path of a livekit-server on this machine, or null. Looks at `USHER_LIVEKIT_SERVER` (a path; `none` means there is none), then PATH,
 * then the folders that Go installs into. A path in `USHER_LIVEKIT_SERVER` that can't be run counts as none.
 */
export function findLivekitServer(env: Readonly<Record<string, string | undefined>>): string | null {
  const named = env['USHER_LIVEKIT_SERVER']
  if (named !== undefined && named !== '') return named !== 'none' && isExecutable(named) ? named : null

  const onPath = folders(env['PATH']).map((folder) => join(folder, `livekit-server${suffix}`))
  const home = env['HOME'] ?? homedir()
  const goFolders = [...folders(env['GOBIN']), ...folders(env['GOPATH']).map((folder) => join(folder, 'bin')), join(home, 'go', 'bin')]
  const byName = [...onPath, ...goFolders.map((folder) => join(folder, `livekit-server${suffix}`))].find(isExecutable)
  if (byName !== undefined) return byName

  const byWord = goFolders.map((folder) => join(folder, `server${suffix}`)).find((file) => isExecutable(file) && saysItIsLivekit(file))
  return byWord ?? null
}
