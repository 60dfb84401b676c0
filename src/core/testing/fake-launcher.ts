import type { DemoRunning, DemoSettings, ServerRunning, ServerSettings } from '#shared/contract/embedded.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import type { Child, Launcher } from '../ports.ts'

/** For tests: a program that does what it is told to. */
export type FakeChild<Settings, Running> = Child<Running> & {
  readonly settings: Settings
  readonly run: (running: Running) => void
  readonly fail: (message: string) => void
  /** Ends it as a crash would. */
  readonly crash: () => void
  readonly isStopped: () => boolean
  readonly hasEnded: () => boolean
}

export type FakeLauncher = Launcher & {
  readonly servers: FakeChild<ServerSettings, ServerRunning>[]
  readonly demos: FakeChild<DemoSettings, DemoRunning>[]
}

/** Programs that wait for `run` or `fail`; `started` may answer for a sync server as soon as it was started. */
export function createFakeLauncher(started: (server: FakeChild<ServerSettings, ServerRunning>) => void = () => undefined): FakeLauncher {
  const servers: FakeLauncher['servers'] = []
  const demos: FakeLauncher['demos'] = []
  let port = 40_000
  return {
    servers,
    demos,
    startSyncServer(settings) {
      const child = createFakeChild<ServerSettings, ServerRunning>(settings)
      servers.push(child)
      started(child)
      return child
    },
    startDemo(settings) {
      const child = createFakeChild<DemoSettings, DemoRunning>(settings)
      demos.push(child)
      return child
    },
    freePort: async () => ++port,
  }
}

function createFakeChild<Settings, Running>(settings: Settings): FakeChild<Settings, Running> {
  const exits = new Emitter<void>()
  const { promise, resolve } = Promise.withResolvers<Result<Running>>()
  let ended = false
  let stopped = false
  function end(): void {
    if (ended) return
    ended = true
    exits.emit()
  }
  return {
    settings,
    ready: promise,
    onExit: (listener) => exits.subscribe(listener),
    run: (running) => resolve(succeed(running)),
    fail(message) {
      resolve(fail('unavailable', message))
      queueMicrotask(end)
    },
    crash: end,
    isStopped: () => stopped,
    hasEnded: () => ended,
    async stop() {
      stopped = true
      end()
    },
  }
}
