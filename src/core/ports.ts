import type { DemoRunning, DemoSettings, ServerRunning, ServerSettings } from '#shared/contract/embedded.ts'
import type { Result } from '#shared/domain/failure.ts'
import type { Unsubscribe } from '#shared/lib/emitter.ts'

/** A program of ours that the host runs beside itself. */
export type Child<Running> = {
  /** Settles once: what it offers, or one line that says why it couldn't start. */
  readonly ready: Promise<Result<Running>>
  /** Called once when it ended, whoever ended it. */
  readonly onExit: (listener: () => void) => Unsubscribe
  /** Ends it, kindly first; resolves when it's gone. */
  readonly stop: () => Promise<void>
}

/** How a host runs the embedded programs: Electron by utilityProcess, the browser host by a child process. Settings go by message only. */
export type Launcher = {
  readonly startSyncServer: (settings: ServerSettings) => Child<ServerRunning>
  readonly startDemo: (settings: DemoSettings) => Child<DemoRunning>
  /** A TCP port of the loopback interface that nobody listens on now. */
  readonly freePort: () => Promise<number>
}

/** Where a host keeps what must stay secret: encrypted, readable by its owner alone. One text, replaced whole. */
export type SecretStore = {
  readonly read: () => Promise<string | null>
  readonly write: (text: string) => Promise<void>
}

/** One line for the host's log; never a secret. */
export type Log = (level: 'info' | 'warn' | 'error', message: string) => void
