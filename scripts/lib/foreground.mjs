import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { inRoot, node24, root } from './paths.mjs'
import { exitCode, forwardSignals, signalGroup } from './run.mjs'

/** How long a program may take to end itself after a signal, and what it left behind after it. */
const graceMs = 10_000
const leftoverMs = 2_000

/** Runs one of our Node programs in the foreground; see `runForeground`. It ends by itself when this process is gone, even if killed. */
export function runNode(script, args, { env = process.env } = {}) {
  const watch = pathToFileURL(inRoot('scripts/lib/end-with-parent.mjs')).href
  return runForeground(node24, ['--enable-source-maps', `--import=${watch}`, script, ...args], {
    env: { ...env, USHER_LAUNCHER: String(process.pid) },
  })
}

/**
 * Runs a program in the foreground and resolves to its exit code once it and all it started are gone.
 *
 * It is a process group of its own, so that a Ctrl-C reaches it once, from here, and not a second time from the terminal (npm forwards it
 * too).
 */
export async function runForeground(command, args, { env = process.env } = {}) {
  const grouped = process.platform !== 'win32'
  const child = spawn(command, args, { cwd: root, env, stdio: ['inherit', 'inherit', 'inherit', 'pipe'], detached: grouped })
  let asked = false
  let killer
  function end(signal) {
    if (asked) return
    asked = true
    // A lost terminal is no reason to skip the orderly end, and SIGHUP is handled by few.
    const sent = signal === 'SIGHUP' ? 'SIGTERM' : signal
    child.kill(sent)
    killer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs)
  }
  const stopForwarding = forwardSignals(end)
  const stopWatching = watchNpm(() => end('SIGTERM'))
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exited, signal) => resolve(exitCode(exited, signal)))
  })
  clearTimeout(killer)
  if (grouped) await endLeftovers(child)
  stopForwarding()
  stopWatching()
  return code
}

/** Ends what a program left running in its group. */
async function endLeftovers(child) {
  const deadline = performance.now() + leftoverMs
  while (signalGroup(child, 'SIGTERM')) {
    if (performance.now() > deadline) {
      signalGroup(child, 'SIGKILL')
      return
    }
    await delay(50)
  }
}

/**
 * npm, when it is killed, takes nobody with it. A script that npm runs is its child, or its grandchild where the shell between them stays.
 */
function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return () => {}
  const before = lineage()
  const timer = setInterval(() => {
    if (lineage() !== before) onGone()
  }, 500)
  timer.unref()
  return () => clearInterval(timer)
}

/** Who this process descends from, up to npm; it changes when one of them is gone. */
function lineage() {
  const parent = process.ppid
  try {
    const shell = readFileSync(`/proc/${parent}/cmdline`, 'utf8').split('\0')[1] === '-c'
    // After the name in parentheses, which may hold anything: state, then the parent's id.
    return shell ? `${parent} ${readFileSync(`/proc/${parent}/stat`, 'utf8').split(')').at(-1).trim().split(' ')[1]}` : String(parent)
  } catch {
    return String(parent)
  }
}
