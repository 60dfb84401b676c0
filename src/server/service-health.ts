import type { ServiceStatus } from '#shared/domain/connection.ts'
import { Emitter } from '#shared/lib/emitter.ts'

/** What can make the state that this server pushes untrustworthy. */
export type Trouble = 'store' | 'reading' | 'livekit'

/** Whether this server vouches for the rooms it shows, and if not, why. */
export type ServiceHealth = {
  readonly status: () => ServiceStatus
  readonly changed: Emitter<ServiceStatus>
  /** Something went wrong; `why` is one plain line. */
  readonly raise: (trouble: Trouble, why: string) => void
  readonly clear: (trouble: Trouble) => void
  readonly has: (trouble: Trouble) => boolean
}

/** The trouble that is told where there are several. */
const order = ['store', 'livekit', 'reading'] as const satisfies readonly Trouble[]

export function createServiceHealth(now: () => number = Date.now): ServiceHealth {
  const troubles = new Map<Trouble, string>()
  const changed = new Emitter<ServiceStatus>()
  let status: ServiceStatus = { state: 'ok', since: now(), why: null }

  function update(): void {
    const worst = order.find((trouble) => troubles.has(trouble))
    const why = worst === undefined ? null : (troubles.get(worst) ?? null)
    const state = worst === undefined ? 'ok' : 'degraded'
    if (state === status.state && why === status.why) return
    status = { state, since: state === status.state ? status.since : now(), why }
    changed.emit(status)
  }

  return {
    status: () => status,
    changed,
    raise(trouble, why) {
      troubles.set(trouble, why)
      update()
    },
    clear(trouble) {
      troubles.delete(trouble)
      update()
    },
    has: (trouble) => troubles.has(trouble),
  }
}
