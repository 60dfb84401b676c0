import type { ServiceStatus } from '#shared/domain/connection.ts'
import { Emitter } from '#shared/lib/emitter.ts'

/**
 * What can make the state that this server pushes untrustworthy. While it reads the rooms from LiveKit: `reading` where it knew nothing it could rely
 * on before, `checking` where the store knew them.
 */
export type Trouble = 'store' | 'livekit' | 'reading' | 'checking'

/** Whether this server vouches for the rooms it shows, and if not, why. */
export type ServiceHealth = {
  readonly status: () => ServiceStatus
  /** Null where this server has the rooms as the store knows them, and will have them as LiveKit lists them; else what is missing. */
  readonly notReady: () => string | null
  readonly changed: Emitter<ServiceStatus>
  /** Something went wrong; `why` is one plain line. */
  readonly raise: (trouble: Trouble, why: string) => void
  readonly clear: (trouble: Trouble) => void
  readonly has: (trouble: Trouble) => boolean
}

/** The trouble that is told where there are several. */
const order = ['store', 'livekit', 'reading', 'checking'] as const satisfies readonly Trouble[]

export function createServiceHealth(now: () => number = Date.now): ServiceHealth {
  const troubles = new Map<Trouble, string>()
  const changed = new Emitter<ServiceStatus>()
  let status: ServiceStatus = { state: 'ok', since: now(), why: null }

  function worst(): Trouble | undefined {
    return order.find((trouble) => troubles.has(trouble))
  }

  function update(): void {
    const trouble = worst()
    const why = trouble === undefined ? null : (troubles.get(trouble) ?? null)
    const state = trouble === undefined ? 'ok' : 'degraded'
    if (state === status.state && why === status.why) return
    status = { state, since: state === status.state ? status.since : now(), why }
    changed.emit(status)
  }

  return {
    status: () => status,
    notReady: () => (worst() === 'checking' ? null : status.why),
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
