import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { inRoot, node24 } from './paths.mjs'
import { collect } from './run.mjs'
import { say } from './say.mjs'

const remembered = inRoot('node_modules/.usher-electron')
const downloadMs = 20_000

/** Electron's binary, or null where it can't be had. The download is tried once for each install of the dependencies. */
export async function findElectron() {
  const found = installedElectron()
  if (found !== null || existsSync(remembered)) return found
  say('fetching Electron (once, 20 s at the most) ...')
  await collect(node24, [inRoot('node_modules/electron/install.js')], { timeoutMs: downloadMs })
  const fetched = installedElectron()
  writeFileSync(remembered, fetched === null ? 'not available\n' : 'fetched\n')
  if (fetched === null) say('Electron is not to be had here; the console opens in the browser instead. To try again: npx install-electron')
  return fetched
}

/** Whether a window can be shown at all. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY)
}

function installedElectron() {
  try {
    const binary = inRoot('node_modules/electron/dist', readFileSync(inRoot('node_modules/electron/path.txt'), 'utf8').trim())
    return existsSync(binary) ? binary : null
  } catch {
    return null
  }
}
