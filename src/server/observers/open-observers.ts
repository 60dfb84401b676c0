import type { FastifyBaseLogger } from 'fastify'
import type { ServerSettings } from '#shared/contract/embedded.ts'
import type { ObserverStatus } from '#shared/contract/observer-status.ts'
import { createMemoryHistory, type MemoryHistory } from '#server/history/memory-history.ts'
import type { HistorySink } from '#server/history/history-sink.ts'
import { recordHistory } from '#server/history/record-history.ts'
import { observerIdentity } from '#server/livekit/own-observers.ts'
import type { SampledLog } from '#server/logging/sampled-log.ts'
import type { Metrics } from '#server/metrics/metrics.ts'
import type { Acting } from '#server/moderation/acting.ts'
import type { Bus } from '#server/redis/bus.ts'
import type { RedisLink } from '#server/redis/connection.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { signObserveToken } from '#server/tokens/observe-token.ts'
import { createSoleLeases } from './leases.ts'
import type { Claim } from './observe-policy.ts'
import { startObservers, type ObserverNews } from './observers.ts'
import type { PresenceBoard } from './presence-board.ts'
import { createPresenceExchange } from './presence-exchange.ts'
import { createRedisLeases } from './redis-leases.ts'
import { createLivekitObserver } from './signal/livekit-observer.ts'
import { openMediaLink } from './signal/media-link.ts'

/** The observers of a running server. */
export type OpenObservers = {
  readonly status: () => ObserverStatus
  /** What they saw of each stay in a room that is live. */
  readonly history: Pick<MemoryHistory, 'of'>
  /** Somebody looks elsewhere, or other rooms want attention. */
  readonly lookAgain: () => void
  readonly stop: () => Promise<void>
}

type Options = {
  readonly settings: Pick<ServerSettings, 'livekitHost' | 'livekitKeys' | 'observeRooms'>
  /** Null where this server is the only one. */
  readonly redis: RedisLink | null
  readonly bus: Bus
  readonly rooms: LiveRooms
  readonly board: PresenceBoard
  readonly acting: Acting
  /** The rooms that anybody looks at. */
  readonly looked: () => ReadonlySet<string>
  /** Whether a room has attention, or a rule needs to know how its connections fare. */
  readonly wanted: (room: string) => boolean
  /** LiveKit has another session of the room than is known here, or none. */
  readonly onStale: (room: string) => void
  /** When LiveKit's webhook last came to the service, ms, which the instances tell each other. */
  readonly webhooks: { readonly webhookAt: () => number | null; readonly onWebhook: (at: number) => void }
  /** Takes what observers learn, for good. */
  readonly keep: HistorySink
  readonly metrics: Pick<Metrics, 'observerJoined' | 'observerEnded' | 'observerMedia' | 'watch'>
  readonly refusals: SampledLog
  readonly log: FastifyBaseLogger
  readonly onDamaged: (what: string) => void
}

/** Begins to observe rooms, and to hear of those that other instances observe. Where no room is to be observed, only the latter. */
export function openObservers(options: Options): OpenObservers {
  const { settings, redis, bus, rooms, board, acting, looked, wanted, onStale, webhooks, keep, metrics, refusals, log, onDamaged } = options
  const identity = observerIdentity(bus.instance)
  const history = createMemoryHistory(({ name, sid }) => rooms.get(name).room?.facts.sid === sid)
  const unsubscribe = rooms.moved.subscribe(({ before, after }) => {
    const sid = before.room?.facts.sid
    if (sid !== undefined && sid !== after.room?.facts.sid) history.forget(sid)
  })
  const remember: HistorySink = (fact) => {
    history.sink(fact)
    keep(fact)
  }
  const livekitObserver = createLivekitObserver({
    host: settings.livekitHost,
    signToken: (room) => signObserveToken(settings.livekitKeys, room, identity),
    openMediaLink,
    onMedia: metrics.observerMedia,
  })
  const observers = startObservers({
    rooms,
    observer: recordHistory({ observer: livekitObserver, sink: remember }),
    leases: redis && settings.observeRooms > 0 ? createRedisLeases(redis, bus.instance) : createSoleLeases(),
    slots: settings.observeRooms,
    claims: () => {
      const watched = looked()
      return (room): Claim => (watched.has(room) ? 'looked' : wanted(room) ? 'wanted' : 'turn')
    },
    seenAt: (room) => board.get(room)?.at ?? 0,
    settled: acting.settled,
    onPresence(presence) {
      board.put(presence)
      exchange?.share(presence)
    },
    onStale,
    onNews: tell,
  })
  const exchange = redis
    ? createPresenceExchange({ link: redis, instance: bus.instance, onPresence: board.put, all: observers.seeing, ...webhooks, onDamaged })
    : null
  metrics.watch({
    usher_observers: () => observers.status().observed,
    usher_observers_without_media: () => observers.status().withoutMedia,
  })

  function tell(news: ObserverNews): void {
    switch (news.kind) {
      case 'joined':
        return metrics.observerJoined()
      case 'no_media':
        return refusals.write(
          log,
          'warn',
          'observer media',
          { room: news.room, why: news.why },
          "an observer has no media connection: who speaks is known, the quality of connections is not; check that LiveKit's media ports can be reached",
        )
      case 'failed':
        return refusals.write(log, 'error', 'observers', {}, `which rooms to observe could not be decided: ${news.why}`)
      case 'ended': {
        const { kind, why } = news.end
        metrics.observerEnded(kind)
        // What is in the course of things is no news.
        if (kind === 'over') return
        return refusals.write(log, 'warn', `observer ${kind}`, { room: news.room }, `an observer is out of its room: ${why}`)
      }
    }
  }

  return {
    status: observers.status,
    history,
    lookAgain: observers.lookAgain,
    async stop() {
      await observers.stop()
      unsubscribe()
      exchange?.close()
    },
  }
}
