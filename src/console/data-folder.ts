import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where this user's Usher keeps its files: `USHER_DATA_DIR`, or the platform's place for a program's data. */
export function dataFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform, home = homedir()): string {
  const own = environment['USHER_DATA_DIR']
  if (own) return resolve(own)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Usher')
  if (platform === 'win32') return join(environment['APPDATA'] || join(home, 'AppData', 'Roaming'), 'Usher')
  return join(environment['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'usher')
}
