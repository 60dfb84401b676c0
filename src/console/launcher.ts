import { fork } from 'node:child_process'
import { join } from 'node:path'
import { childEnvironment } from '#core/hosting/child-environment.ts'
import { recordOutput } from '#core/hosting/child-output.ts'
import { launchWith } from '#core/hosting/launcher.ts'
import type { Launcher } from '#core/ports.ts'

/**
 * Runs the embedded programs as child processes. `programs` is the folder of `sync-server.js` and `demo.js`, `logs` takes what they print.
 */
export function createLauncher(programs: string, logs: string): Launcher {
  return launchWith((program) => {
    const child = fork(join(programs, `${program}.js`), [], {
      env: childEnvironment(process.env),
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      windowsHide: true,
    })
    const output = recordOutput(join(logs, `${program}.log`), child.stdout, child.stderr)
    let failure: string | null = null
    // A process that can't be started, signalled or told something says so here; its 'close' comes all the same.
    child.on('error', (error) => (failure = error.message))
    return {
      // A child that is gone can't be told anything; its exit says the rest.
      send: (message) => void (child.connected && child.send(message as object, () => undefined)),
      onMessage: (listener) => void child.on('message', listener),
      // 'close' comes after the last of stderr was read, 'exit' before.
      onExit: (listener) =>
        void child.once('close', (code) => {
          output.end()
          listener(code)
        }),
      kill: (signal) => void child.kill(signal),
      lastErrorLine: () => output.lastErrorLine() ?? failure,
    }
  })
}
