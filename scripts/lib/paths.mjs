import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The Node 24 that everything after the set-up runs on; it comes as a devDependency. */
export const node24 = inRoot('node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** A path inside the repository, absolute. */
export function inRoot(...parts) {
  return join(root, ...parts)
}
