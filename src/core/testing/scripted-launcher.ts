import { createFakeLauncher, type FakeLauncher } from './fake-launcher.ts'
import { startScriptedServer, type ScriptedOptions, type ScriptedServer } from './scripted-server.ts'

/** For tests: a launcher whose sync servers are scripted ones, really listening on the port of their settings. */
export type ScriptedLauncher = FakeLauncher & {
  /** The one that runs now. */
  readonly server: () => ScriptedServer
}

export function createScriptedLauncher(options: ScriptedOptions = {}): ScriptedLauncher {
  let current: ScriptedServer | null = null
  let turn: Promise<void> = Promise.resolve()

  const launcher = createFakeLauncher((child) => {
    turn = turn.then(async () => {
      if (child.isStopped()) return
      const server = await startScriptedServer({ ...options, port: child.settings.port })
      current = server
      child.onExit(() => void (turn = turn.then(() => server.close())))
      child.run({ url: server.url })
    })
  })
  return {
    ...launcher,
    server() {
      if (current === null) throw new Error('no scripted server runs yet')
      return current
    },
    async freePort() {
      const probe = await startScriptedServer()
      await probe.close()
      return probe.port
    },
  }
}
