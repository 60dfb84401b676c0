import type { IpcReply, Push } from '#shared/contract/ipc.ts'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import { fail, type Result } from '#shared/domain/failure.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { createClientScope, type ClientScope } from './handlers/client.ts'
import type { HandlerContext } from './handlers/context.ts'
import { handleRequest } from './handlers/handlers.ts'
import type { Launcher, Log, SecretStore } from './ports.ts'
import { listSecrets, openProfileBook } from './profiles/profile-book.ts'
import { testProfile } from './profiles/test-profile.ts'
import { trackChildren } from './session/child-tracker.ts'
import { createRedaction } from './session/redaction.ts'
import { createSessionKeeper } from './session/session-keeper.ts'
import { createSession } from './session/session.ts'

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
  /** Ends the session and all programs; from here on nothing is started any more. */
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

/** Reads the profiles and starts the selected one's session; resolves before that is connected. */
export async function createCore(options: CoreOptions): Promise<Core> {
  const { version, secrets, fallback } = options
  const launcher = trackChildren(options.launcher)
  const redaction = createRedaction()
  const log: Log = (level, message) => options.log(level, redaction.clean(message))
  const book = await openProfileBook(secrets, fallback, log)
  redaction.hide(book.secrets())
  const clients = new Set<ClientScope>()
  let disposed = false

  function push(message: Push): void {
    for (const client of clients) client.push(message)
  }
  const keeper = createSessionKeeper(book.selected(), (profile) => createSession({ profile, launcher, log, redaction, push }))

  function snapshot(): SessionSnapshot {
    const session = keeper.current()
    return {
      version,
      profile: book.list().find((profile) => profile.selected) ?? null,
      operator: session.operator(),
      connection: session.connection(),
      rooms: session.mirror.rooms(),
      feed: [...session.mirror.feed()],
      pending: session.unsettled(),
      sync: session.sync(),
      observers: session.observers(),
    }
  }

  /** Runs what is selected now. Windows keep the rooms they have open. */
  function restart(): void {
    if (disposed) return
    keeper.switchTo(book.selected())
    for (const client of clients) client.moveTo(keeper.current().mirror)
    push({ name: 'session_reset', payload: snapshot() })
  }

  async function changeProfiles(change: () => Promise<Result<Profile>>, restarts: (changed: Profile) => boolean): Promise<Result<Profile>> {
    const changed = await change()
    if (!changed.ok) return changed
    redaction.hide(listSecrets(changed.value))
    push({ name: 'profiles_changed', payload: book.list() })
    if (restarts(changed.value)) restart()
    return changed
  }
  /** Whether that profile is the one that runs. */
  function runs(profile: Profile): boolean {
    return keeper.current().profile?.id === profile.id
  }
  const profiles: HandlerContext['profiles'] = {
    list: book.list,
    save: (profile) => changeProfiles(() => book.save(profile), runs),
    remove: (id) => changeProfiles(() => book.remove(id), runs),
    select: (id) =>
      changeProfiles(
        () => book.select(id),
        () => true,
      ),
    async test(profile) {
      redaction.hide(listSecrets(profile))
      const trial = await testProfile(profile, launcher, log)
      return { ...trial, message: redaction.clean(trial.message) }
    },
  }

  return {
    connect(onPushes) {
      const client = createClientScope(() => keeper.current().mirror, onPushes)
      clients.add(client)
      const context: HandlerContext = { session: keeper.current, snapshot, profiles, client }
      return {
        async request(name, payload) {
          if (disposed) return fail('unavailable', 'Usher is ending')
          const reply = await handleRequest(name, payload, context, log)
          return reply.ok ? reply : { ...reply, message: redaction.clean(reply.message) }
        },
        close() {
          clients.delete(client)
          client.close()
        },
      }
    },
    async dispose() {
      disposed = true
      for (const client of clients) client.close()
      clients.clear()
      await keeper.dispose()
      // A profile may be on trial just now.
      await launcher.stopAll()
    },
  }
}
