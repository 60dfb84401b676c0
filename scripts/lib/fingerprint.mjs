import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './paths.mjs'

/** What a set of files was at one moment: sizes and times for a quick look, a hash of the contents for certainty. */
export function takeFingerprint(paths) {
  const files = paths.flatMap(filesOf).toSorted()
  const hash = createHash('sha256')
  for (const file of files) hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  return { quick: quickLook(files), hash: hash.digest('hex') }
}

/** Whether the files still are what the stamp file says. When only times changed, the stamp learns the new ones. */
export function matchesStamp(paths, stampFile) {
  const stamp = readStamp(stampFile)
  if (stamp === null) return false
  if (stamp.quick === quickLook(paths.flatMap(filesOf).toSorted())) return true
  const now = takeFingerprint(paths)
  if (stamp.hash !== now.hash) return false
  writeStamp(stampFile, now)
  return true
}

/** Remembers a fingerprint that was taken before the work it stands for. */
export function writeStamp(stampFile, fingerprint) {
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, JSON.stringify(fingerprint))
}

function readStamp(stampFile) {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return null
  }
}

function quickLook(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    const { mtimeMs, size } = statSync(file)
    hash.update(`${relative(root, file)} ${mtimeMs} ${size}\n`)
  }
  return hash.digest('hex')
}

/** All files under a path; tests are in no build. */
function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}
