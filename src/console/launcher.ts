import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { z } from 'zod'
import { childEnvironment } from '#core/hosting/child-environment.ts'
import { recordOutput } from '#core/hosting/child-output.ts'
import { superviseChild } from '#core/hosting/child.ts'
import { findFreePort } from '#core/hosting/free-port.ts'
import type { Child, Launcher } from '#core/ports.ts'
import { demoRunningSchema, serverRunningSchema } from '#shared/contract/embedded.ts'

/** Runs the embedded programs as child processes. `programs` is the folder of `sync-server.js` and `demo.js`, `logs` takes what they print. */
export function createLauncher(programs: string, logs: string): Launcher {
  function start<Running>(program: string, settings: unknown, running: z.ZodType<Running>, name: string): Child<Running> {
    const child = fork(join(programs, `${program}.js`), [], {
      env: childEnvironment(process.env),
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      windowsHide: true,
    })
    const output = recordOutput(join(logs, `${program}.log`), child.stdout, child.stderr)
    return superviseChild(
      {
        // A child that is gone can't be told anything; its exit says the rest.
        send: (message) => void (child.connected && child.send(message as object, () => undefined)),
        onMessage: (listener) => void child.on('message', listener),
        onExit: (listener) => {
          // 'close' comes after the last of stderr was read, 'exit' before; a process that never started has only 'error'.
          child.once('close', (code) => {
            output.end()
            listener(code)
          })
          child.once('error', () => listener(null))
        },
        kill: (signal) => void child.kill(signal),
        lastErrorLine: output.lastErrorLine,
      },
      settings,
      running,
      name,
    )
  }

  return {
    startSyncServer: (settings) => start('sync-server', settings, serverRunningSchema, 'the sync server'),
    startDemo: (settings) => start('demo', settings, demoRunningSchema, 'the demo'),
    freePort: findFreePort,
  }
}
