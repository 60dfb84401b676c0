import type { IpcReply, Push } from '#shared/contract/ipc.ts'
import type { Launcher, Log, SecretStore } from './ports.ts'

/** One window's or page's end of the IPC contract. */
export type CoreClient = {
  /** Answers one request; an unknown name or a payload of the wrong form is a `Failure`, never a throw. */
  readonly request: (name: string, payload: unknown) => Promise<IpcReply>
  /** Ends this window's subscriptions. */
  readonly close: () => void
}

/** The moderator's session without a host. */
export type Core = {
  /** Pushes come batched, at most one batch per 16 ms. */
  readonly connect: (onPushes: (pushes: readonly Push[]) => void) => CoreClient
  readonly dispose: () => Promise<void>
}

export type CoreOptions = {
  readonly version: string
  readonly launcher: Launcher
  readonly secrets: SecretStore
  readonly log: Log
  /** The profile to run when none is saved; null: none, the console offers a choice. */
  readonly fallback: 'demo' | null
}

export declare function createCore(options: CoreOptions): Promise<Core>
