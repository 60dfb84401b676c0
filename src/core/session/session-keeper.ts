import type { Profile } from '#shared/domain/profile.ts'
import type { Session } from './session.ts'

/** Keeps exactly one session: the next one's programs start when those of the one before are gone. */
export type SessionKeeper = {
  readonly current: () => Session
  /** The new session is current at once; it starts when the old one has ended. */
  readonly switchTo: (profile: Profile | null) => void
  readonly dispose: () => Promise<void>
}

export function createSessionKeeper(first: Profile | null, create: (profile: Profile | null) => Session): SessionKeeper {
  let current = create(first)
  let turn: Promise<unknown> = Promise.resolve()
  current.start()

  /** Stopping begins now, even if an earlier session is still ending. */
  function end(session: Session): void {
    const ended = session.stop()
    turn = Promise.allSettled([turn, ended])
  }
  return {
    current: () => current,
    switchTo(profile) {
      end(current)
      const next = create(profile)
      current = next
      turn = turn.then(() => next.start())
    },
    async dispose() {
      end(current)
      await turn
    },
  }
}
