import { createHash } from 'node:crypto'
import type { MeasuresQuery } from '#shared/contract/http-measures.ts'
import type { Enforcement, ServiceSettings } from '#shared/contract/http-settings.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { Measure } from '#shared/domain/measure.ts'
import type { PublishSource } from '#shared/domain/participant.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import type { RoomService } from '#server/livekit/room-service.ts'
import type { Metrics } from '#server/metrics/metrics.ts'
import type { Acting } from '#server/moderation/acting.ts'
import type { PermissionDesk } from '#server/moderation/permission-desk.ts'
import type { RoleBook } from '#server/people/role-book.ts'
import type { Database } from '#server/records/database.ts'
import type { Bus } from '#server/redis/bus.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { createExecutor } from './carry-out.ts'
import { createDebtBook } from './debt-book.ts'
import { createDebtStore } from './debt-store.ts'
import { createMeasureDesk } from './desk.ts'
import { createEnforcementNews } from './enforcement-news.ts'
import { createEnforcer, type Enforcer, type Signal } from './enforcer.ts'
import { openMeasureBook, type OwnMeasureBook } from './measure-book.ts'
import type { MeasureDesk } from './measure-desk.ts'
import { createMeasureStore } from './measure-store.ts'

/** What stays in force: the book of it, who imposes it, and who sees to it that it is obeyed. */
export type Measures = {
  readonly book: OwnMeasureBook
  readonly desk: MeasureDesk
  readonly list: (query: MeasuresQuery) => Promise<Result<readonly Measure[]>>
  /** A token leaves out these sources because measures deny them: whoever comes with it is owed them. The newest token counts. */
  readonly leftOut: (room: string, identity: string, sources: readonly PublishSource[]) => Promise<void>
  /** Stops acting. The records and the rooms must still be open. */
  readonly close: () => Promise<void>
} & Pick<Enforcer, 'settled'>

type Options = {
  readonly records: Pick<Database, 'queries' | 'describe'>
  readonly rooms: LiveRooms
  readonly bus: Pick<Bus, 'joined'>
  readonly livekit: Pick<RoomService, 'removeParticipant' | 'deleteRoom' | 'muteTrack'>
  readonly permissions: PermissionDesk
  readonly acting: Pick<Acting, 'begin' | 'settled'>
  readonly roles: RoleBook
  readonly settings: { readonly current: () => Pick<ServiceSettings, 'enforcement'>; readonly changed: Emitter<ServiceSettings> }
  /** Each sweep of all rooms by this instance. */
  readonly swept: Signal
  readonly metrics: Pick<Metrics, 'measureEnforced' | 'watch'>
  readonly log: { readonly warn: (line: string) => void }
  readonly now?: () => number
  readonly graceMs?: number
  readonly retryMs?: number
  readonly reloadMs?: number
}

/** Loads what is in force. Fails with one line where that can't be read. */
export async function openMeasures(options: Options): Promise<Result<Measures>> {
  const { records, rooms, bus, livekit, permissions, acting, roles, settings, swept, metrics, log, now = () => Date.now() } = options
  const { queries, describe } = records
  const store = createMeasureStore(queries)
  const debts = createDebtBook(createDebtStore(queries), now)
  const enforcement = () => settings.current().enforcement
  const opened = await openMeasureBook({ store, describe, rooms, bus, roles, enforcement, log, now, ...times(options) })
  if (!opened.ok) return opened
  const book = opened.value
  const executor = createExecutor({ rooms, livekit, permissions, acting, book, debts, roles, enforcement, now })
  const news = createEnforcementNews(rooms, now)
  const { switched, stop } = watchSwitch(settings)
  const enforcer = createEnforcer({
    ...{ rooms, book, executor, news, debts, roles, acting, swept, switched, log, now },
    onEnforced: metrics.measureEnforced,
    ...times(options),
  })
  const desk = createMeasureDesk({ store, describe, book, executor, enforcer, debts, rooms, enforcement, now })
  metrics.watch({ usher_measures_in_force: book.count })
  return succeed({
    book,
    desk,
    settled: enforcer.settled,
    async list(query) {
      try {
        return succeed(await store.list(query, now()))
      } catch (error) {
        return fail('unavailable', describe(error))
      }
    },
    // Our tokens name no sources where none is denied, which to LiveKit means all.
    leftOut: (room, identity, sources) =>
      debts.write({ sid: stayToCome(room, identity), room, identity }, sources.length === 0 ? null : { sources, hadAll: true }),
    async close() {
      stop()
      await enforcer.stop()
      await book.close()
    },
  })
}

/** What stands for the stay that somebody's newest token will begin, where no stay can: LiveKit's own ids hold no space. */
function stayToCome(room: string, identity: string): string {
  return `token ${createHash('sha256')
    .update(JSON.stringify([room, identity]))
    .digest('hex')}`
}

function times({ graceMs, retryMs, reloadMs }: Pick<Options, 'graceMs' | 'retryMs' | 'reloadMs'>) {
  return {
    ...(graceMs === undefined ? {} : { graceMs }),
    ...(retryMs === undefined ? {} : { retryMs }),
    ...(reloadMs === undefined ? {} : { reloadMs }),
  }
}

/** Tells where the switch was set, and not where other settings were changed. */
function watchSwitch({ current, changed }: Options['settings']): { readonly switched: Emitter<Enforcement>; readonly stop: () => void } {
  const switched = new Emitter<Enforcement>()
  let last = current().enforcement
  const subscriptions = new Disposables()
  subscriptions.add(
    changed.subscribe(({ enforcement }) => {
      if (enforcement === last) return
      last = enforcement
      switched.emit(enforcement)
    }),
  )
  return { switched, stop: () => subscriptions.dispose() }
}
