import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { measureKindSchema, type MeasureKind } from '#shared/domain/measure.ts'
import { observerEndKinds, type ObserverEndKind } from '#server/observers/room-observer.ts'
import { readProcessMetrics } from './process-metrics.ts'

/** LiveKit's webhooks by name; any other is `other`, so that nobody who signs can add series. */
const webhookTypes: ReadonlySet<string> = new Set([
  'room_started',
  'room_finished',
  'participant_joined',
  'participant_left',
  'participant_connection_aborted',
  'track_published',
  'track_unpublished',
  'egress_started',
  'egress_updated',
  'egress_ended',
  'ingress_started',
  'ingress_ended',
])

const webhookResults = ['stored', 'ignored', 'refused', 'unavailable'] as const
const tokenResults = ['granted', 'banned', 'rate_limited', 'failed'] as const
const sweepResults = ['ok', 'failed'] as const
export type WebhookResult = (typeof webhookResults)[number]
export type TokenResult = (typeof tokenResults)[number]
export type Transport = 'socket' | 'sse'

/** What is read when somebody asks: name -> help. Those whose source is a counter end in `_total`. */
const watched = {
  usher_log_lag_seconds: 'How old the newest event was when it was told here; 0 when nothing was told lately',
  usher_sockets: 'Socket.IO connections of this instance',
  usher_sse_connections: 'Event streams of this instance',
  usher_rooms: 'Live rooms',
  usher_participants_online: 'People in all live rooms',
  usher_redis_commands_total: 'Commands this instance sent to Redis',
  usher_redis_bytes_total: 'Bytes this instance exchanged with Redis',
  usher_redis_budget_commands: 'Commands a day after which the budget of Redis is used up',
  usher_redis_up: 'Whether Redis can be read and written (1)',
  usher_record_events_waiting: 'Joins, leavings and starts and ends of rooms that are not in the records yet',
  usher_record_failures_total: 'How often this instance could not write records; what it could not write waits',
  usher_database_up: 'Whether the database answers (1)',
  usher_observers: 'Rooms that this instance observes',
  usher_observers_without_media: 'Rooms that this instance observes without knowing the quality of connections',
  usher_measures_in_force: 'Bans, denied sources, locks and closed rooms that are in force',
  usher_attention_marks: 'Marks of rooms that ask for attention',
  usher_webhooks_missing: 'Whether no webhook came for two minutes while sweeps find drift (1)',
} as const satisfies Record<`usher_${string}`, string>
type Watched = keyof typeof watched

/** What this instance counts for Prometheus. Everything is cheap enough for each event; nothing outside it can add a series. */
export type Metrics = {
  /** `type` as LiveKit names it; null where it could not be read. */
  readonly webhook: (type: string | null, result: WebhookResult) => void
  readonly commit: (ms: number) => void
  readonly commitConflict: () => void
  /** What sweeps had to put right. */
  readonly drift: (count: number) => void
  readonly sweep: (ms: number, result: (typeof sweepResults)[number]) => void
  readonly tokenRequest: (result: TokenResult) => void
  readonly rateLimitFailedOpen: () => void
  readonly slowConsumer: (transport: Transport) => void
  readonly damagedEntry: () => void
  readonly loginFailed: () => void
  /** Somebody came or did what a measure forbids, and it was enforced. */
  readonly measureEnforced: (kind: MeasureKind) => void
  readonly observerJoined: () => void
  readonly observerEnded: (kind: ObserverEndKind) => void
  /** A packet of media came to an observer. */
  readonly observerMedia: () => void
  /** Adds what is read at each scrape. What has no source isn't shown: a server without Redis has no Redis that is down. */
  readonly watch: (sources: { readonly [Name in Watched]?: () => number }) => void
  /** All of it in Prometheus' text form, Node's own metrics too. */
  readonly read: () => Promise<string>
  readonly contentType: string
}

/** Each server has its own. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const counter = (name: string, help: string) => new Counter({ name, help, registers })

  const webhooks = new Counter({
    name: 'usher_webhooks_total',
    help: 'Webhooks by type and result',
    labelNames: ['type', 'result'],
    registers,
  })
  const commits = new Histogram({
    name: 'usher_commit_seconds',
    help: 'How long a commit to the store took',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers,
  })
  const conflicts = counter('usher_commit_conflicts_total', 'Commits that were done again because another instance was first')
  const drift = counter('usher_drift_total', 'What sweeps had to put right')
  const sweepSeconds = new Histogram({
    name: 'usher_sweep_seconds',
    help: 'How long a sweep took',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const sweeps = new Counter({ name: 'usher_sweeps_total', help: 'Sweeps of this instance by result', labelNames: ['result'], registers })
  const tokens = new Counter({ name: 'usher_token_requests_total', help: 'Token requests by result', labelNames: ['result'], registers })
  const failOpen = counter('usher_rate_limit_fail_open_total', 'Token requests let through because Redis could not be asked')
  const slow = new Counter({
    name: 'usher_slow_consumers_total',
    help: 'Connections closed because they did not take what was sent',
    labelNames: ['transport'],
    registers,
  })
  // An alert sees no increase in a series that was not there before.
  for (const result of webhookResults) webhooks.inc({ type: 'other', result }, 0)
  for (const result of sweepResults) sweeps.inc({ result }, 0)
  for (const result of tokenResults) tokens.inc({ result }, 0)
  const damaged = counter('usher_damaged_entries_total', 'Keys, fields, log entries and messages that could not be read')
  const observerJoins = counter('usher_observer_joins_total', 'Rooms that observers of this instance joined')
  const observerPackets = counter('usher_observer_media_packets_total', 'Packets of media that came to observers, which ask for none')
  const observersEnded = new Counter({
    name: 'usher_observer_ends_total',
    help: 'Observations that ended by themselves, by why',
    labelNames: ['kind'],
    registers,
  })
  for (const kind of observerEndKinds) observersEnded.inc({ kind }, 0)
  const enforced = new Counter({
    name: 'usher_measures_enforced_total',
    help: 'How often measures were enforced on people who came or did what they forbid, by kind',
    labelNames: ['kind'],
    registers,
  })
  for (const kind of measureKindSchema.options) enforced.inc({ kind }, 0)
  const logins = counter('usher_login_failures_total', 'Requests and handshakes with a token that nobody has')

  return {
    webhook: (type, result) => webhooks.inc({ type: type !== null && webhookTypes.has(type) ? type : 'other', result }),
    commit: (ms) => commits.observe(ms / 1000),
    commitConflict: () => conflicts.inc(),
    drift: (count) => drift.inc(count),
    sweep(ms, result) {
      sweepSeconds.observe(ms / 1000)
      sweeps.inc({ result })
    },
    tokenRequest: (result) => tokens.inc({ result }),
    rateLimitFailedOpen: () => failOpen.inc(),
    slowConsumer: (transport) => slow.inc({ transport }),
    damagedEntry: () => damaged.inc(),
    loginFailed: () => logins.inc(),
    measureEnforced: (kind) => enforced.inc({ kind }),
    observerJoined: () => observerJoins.inc(),
    observerEnded: (kind) => observersEnded.inc({ kind }),
    observerMedia: () => observerPackets.inc(),
    watch(sources) {
      for (const [name, source] of Object.entries(sources)) if (isWatched(name)) addWatched(registry, name, watched[name], source)
    },
    read: async () => `${await registry.metrics()}\n${await readProcessMetrics()}`,
    contentType: registry.contentType,
  }
}

function isWatched(name: string): name is Watched {
  return Object.hasOwn(watched, name)
}

function addWatched(registry: Registry, name: string, help: string, source: () => number): void {
  const options = { name, help, registers: [] }
  const gauge = () =>
    new Gauge({
      ...options,
      collect() {
        this.set(source())
      },
    })
  const counter = () =>
    new Counter({
      ...options,
      collect() {
        this.reset()
        this.inc(source())
      },
    })
  registry.registerMetric(name.endsWith('_total') ? counter() : gauge())
}
