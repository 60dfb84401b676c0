import { existsSync, readFileSync } from 'node:fs'
import { inRoot, node24 } from './paths.mjs'

/**
 * Whether `node_modules` is what `package-lock.json` asks for, told by the list that npm leaves there after a complete install. So an
 * install by hand counts, and one that was broken off doesn't. About 10 ms.
 */
export function isInstalled() {
  const wanted = packagesOf(inRoot('package-lock.json'))
  const present = packagesOf(inRoot('node_modules/.package-lock.json'))
  if (wanted === null || present === null || !existsSync(node24)) return false
  const same = Object.entries(present).every(
    ([path, one]) => wanted[path]?.version === one.version && wanted[path]?.integrity === one.integrity,
  )
  return (
    same &&
    Object.entries(wanted).every(([path, one]) => path === '' || one.optional === true || one.devOptional === true || path in present)
  )
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return null
  }
}
