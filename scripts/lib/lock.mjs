import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inRoot } from './paths.mjs'
import { say } from './say.mjs'

/** A lock without an owner's id is one that was just being made, unless it is older than this. */
const ownerlessMs = 5_000

/**
 * Runs `work` while no other process of this repository runs work under the same name. The lock of a process that is gone doesn't count.
 */
export async function withLock(name, work) {
  const folder = inRoot('.cache', `${name}.lock`)
  mkdirSync(inRoot('.cache'), { recursive: true })
  let told = false
  while (!take(folder)) {
    removeStale(folder)
    if (!told) say(`waiting for another start to finish: ${name}`)
    told = true
    await delay(100)
  }
  try {
    return await work()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function take(folder) {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  writeFileSync(join(folder, 'pid'), String(process.pid))
  return true
}

function removeStale(folder) {
  const owner = ownerOf(folder)
  if (owner === 'alive') return
  // Two may find the same stale lock: the rename lets one of them have it, and a fresh lock taken by mistake is put back.
  const aside = `${folder}.${process.pid}`
  try {
    renameSync(folder, aside)
    if (ownerOf(aside) === 'alive') renameSync(aside, folder)
    else rmSync(aside, { recursive: true, force: true })
  } catch {
    // Somebody else was faster.
  }
}

function ownerOf(folder) {
  try {
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    return pid > 0 && isRunning(pid) ? 'alive' : 'gone'
  } catch {
    return isFresh(folder) ? 'alive' : 'gone'
  }
}

function isFresh(folder) {
  try {
    return Date.now() - statSync(folder).mtimeMs < ownerlessMs
  } catch {
    return true
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
