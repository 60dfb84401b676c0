import { utilityProcess } from 'electron'
import { join } from 'node:path'
import { childEnvironment } from '#core/hosting/child-environment.ts'
import { recordOutput } from '#core/hosting/child-output.ts'
import { launchWith } from '#core/hosting/launcher.ts'
import type { Launcher } from '#core/ports.ts'

/**
 * Runs the embedded programs as utility processes. `programs` is the folder of `sync-server.js` and `demo.js`, `logs` takes what they
 * print.
 */
export function createLauncher(programs: string, logs: string): Launcher {
  return launchWith((program) => {
    const child = utilityProcess.fork(join(programs, `${program}.js`), [], {
      env: childEnvironment(process.env),
      execArgv: [],
      stdio: 'pipe',
      serviceName: `usher ${program}`,
    })
    const output = recordOutput(join(logs, `${program}.log`), child.stdout, child.stderr)
    return {
      send: (message) => child.postMessage(message, []),
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) =>
        void child.once('exit', (code) => {
          output.end()
          listener(code)
        }),
      kill: (signal) => endProcess(child, signal),
      lastErrorLine: output.lastErrorLine,
    }
  })
}

/** A utility process knows only the kind way; the other goes by its process id. */
function endProcess(child: Electron.UtilityProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (signal === 'SIGTERM' || child.pid === undefined) {
    child.kill()
    return
  }
  try {
    process.kill(child.pid, signal)
  } catch {
    // It was gone by itself in this very moment.
  }
}
