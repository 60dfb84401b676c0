import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Socket } from 'socket.io'
import type { ServerSettings } from '#shared/contract/embedded.ts'
import { fail } from '#shared/domain/failure.ts'
import { describeError } from '#shared/lib/describe-error.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import { createAttention } from './attention/attention.ts'
import { openUsageBook } from './budget/open-usage-book.ts'
import { createBroadcasts } from './gateway/broadcasts.ts'
import { createAddressOf } from './gateway/address-of.ts'
import { createEventStreams } from './gateway/connections/event-streams.ts'
import { createMemoryTicketStore, createRedisTicketStore } from './gateway/connections/ticket-store.ts'
import { createTickets } from './gateway/connections/tickets.ts'
import { createDrain } from './gateway/drain.ts'
import { createHttp } from './gateway/http.ts'
import { watchObservers } from './gateway/observer-watch.ts'
import { limitRefused } from './gateway/refused-actions.ts'
import { createSocketGateway } from './gateway/socket.ts'
import { createSummaries } from './gateway/summaries.ts'
import { createViewers } from './gateway/viewers.ts'
import { createFeed } from './feed/feed.ts'
import { createInsightsDesk } from './insights/insights-desk.ts'
import { createInsightsReader } from './insights/insights-reader.ts'
import { createRoomService } from './livekit/room-service.ts'
import { createLog } from './logging/log.ts'
import { createSampledLog } from './logging/sampled-log.ts'
import { openMeasures } from './measures/open-measures.ts'
import { meterStore } from './metrics/meter-store.ts'
import { createMetrics } from './metrics/metrics.ts'
import { watchService } from './metrics/watch-service.ts'
import { openMatchmaking } from './matchmaking/open-matchmaking.ts'
import { createActing } from './moderation/acting.ts'
import { createPermissionDesk } from './moderation/change-permissions.ts'
import { createSetRole } from './moderation/give-role.ts'
import { createModerator } from './moderation/moderator.ts'
import { createRedisPersonLease, noLease } from './moderation/person-lease.ts'
import { createReread } from './moderation/reread.ts'
import { openObservers } from './observers/open-observers.ts'
import { createPresenceBoard } from './observers/presence-board.ts'
import { endings } from './operators/operator-book.ts'
import { createInviteStore } from './people/invite-store.ts'
import { createMemoryBus, createRedisBus } from './redis/bus.ts'
import { openRedisLink } from './redis/connection.ts'
import { openKept } from './open-kept.ts'
import { openPeople } from './people/open-people.ts'
import { openLiveRooms } from './rooms/live-rooms.ts'
import { createMemoryRoomStore } from './rooms/memory-room-store.ts'
import { createRedisRoomStore } from './rooms/redis-room-store.ts'
import { isShown } from './rooms/room-model.ts'
import { noSessions, openSessions } from './sessions/open-sessions.ts'
import { createSessionDesk } from './sessions/session-desk.ts'
import { createServiceHealth } from './service-health.ts'
import { keepInStep } from './sync/keep-in-step.ts'
import { createParticipantReader } from './sync/participant-reader.ts'
import { createSyncService, type SyncService } from './sync/sync-service.ts'
import { createJoinTokens } from './tokens/join-token.ts'
import { createObserveGrant } from './tokens/observe-token.ts'
import { createMemoryRateLimit } from './tokens/rate-limit.ts'
import { createRedisRateLimit } from './tokens/redis-rate-limit.ts'
import { createTokenDesk } from './tokens/token-desk.ts'
import { createWebhookVerifier } from './webhook/verify-webhook.ts'

/** How long a console waits for the first read of the rooms before it is told what is known, ms. */
const FIRST_READ_MS = 3000

/** How long what is under way may take to finish when the server ends, ms, and how long connections may take to go after that. */
const DRAIN_MS = 5000
const CUT_OFF_MS = 500

/** A sync server that listens; a program that embeds it can have the rooms synced. */
export type SyncServer = {
  readonly url: string
  readonly close: () => Promise<void>
} & Pick<SyncService, 'triggerImmediateSync' | 'isSyncServiceRunning'>

/** A start that failed for a reason the operator can mend; the message is one plain line. */
export class StartError extends Error {}

/** Starts a sync server: checks LiveKit and Redis, reads the rooms, listens, and sweeps. Throws `StartError`. */
export async function startSyncServer(settings: ServerSettings): Promise<SyncServer> {
  const log = createLog(settings)
  const refusals = createSampledLog(log)
  const metrics = createMetrics()
  const drain = createDrain()
  const closing = new Disposables()
  const [signing] = settings.livekitKeys
  const livekit = createRoomService(settings.livekitHost, signing?.key ?? '', signing?.secret ?? '')
  const reached = await livekit.listRooms()
  if (!reached.ok) throw new StartError(reached.message)

  const onDamaged = (what: string) => {
    metrics.damagedEntry()
    refusals.write(log, 'warn', 'damaged', { what }, 'what is stored here cannot be read; the next sweep puts it right')
  }
  const redis = settings.redisUrl === null ? null : openRedisLink(settings.redisUrl)
  const store = redis ? createRedisRoomStore(redis, onDamaged) : createMemoryRoomStore(randomUUID().replaceAll('-', ''))
  const rooms = await openLiveRooms(meterStore(store, metrics)).catch((error: unknown) => {
    throw new StartError(describeError(error))
  })
  const bus = redis ? createRedisBus(redis, onDamaged) : createMemoryBus()
  const opened = await openKept({ settings, redis, bus, metrics, log })
  if (!opened.ok) {
    bus.close()
    await rooms.close()
    redis?.close()
    throw new StartError(opened.message)
  }
  const kept = opened.value
  const { records, operators, serviceSettings, audit } = kept
  closing.add(bus.close)
  const health = createServiceHealth()
  const sync = createSyncService({
    rooms,
    livekit,
    bus,
    intervalMs: settings.syncIntervalMs,
    cleanupIntervalMs: settings.cleanupIntervalMs,
    onRepaired: (room) => log.warn({ room }, 'what is stored of this room was damaged or stray, and was put right'),
  })
  const board = createPresenceBoard((room) => rooms.get(room).room !== null)
  const attention = createAttention({ rooms, presence: board, settings: () => serviceSettings.current().attention })
  closing.add(attention.stop, serviceSettings.changed.subscribe(attention.settingsChanged))
  const summaries = createSummaries(rooms, board, attention)
  const acting = createActing(bus, rooms)
  closing.add(acting.close)
  const permissions = createPermissionDesk(livekit, redis ? createRedisPersonLease(redis) : noLease)
  const people = openPeople({ records, rooms, audit, log: { warn: (line) => log.warn(line) } })
  const { roles } = people
  const measured = await openMeasures({
    ...{ records, rooms, bus, livekit, permissions, acting, roles, metrics },
    settings: serviceSettings,
    swept: sync.swept,
    log: { warn: (line) => log.warn(line) },
  })
  if (!measured.ok) {
    await Promise.all([sync.stop(), people.close()])
    closing.dispose()
    await rooms.close()
    await kept.close()
    redis?.close()
    throw new StartError(measured.message)
  }
  const measures = measured.value
  const step = keepInStep({ rooms, sync, health, read: summaries.flush, log })
  closing.add(step.stop)
  const firstRead = Promise.race([step.firstRead, delay(FIRST_READ_MS, undefined, { ref: false })])
  const moderator = createModerator({
    ...{ rooms, livekit, acting, permissions, measures, roles, audit },
    setRole: createSetRole({ invites: createInviteStore(records.queries), rooms, describe: records.describe }),
    obstacle: () => (health.has('store') ? fail('unavailable', 'the sync server has lost Redis: nothing was done') : null),
    ready: firstRead,
    reread: createReread(sync.readRoom, (error) => log.error({ err: error }, 'a room could not be read again')),
  })
  // After the first reading of the rooms has begun: until it is over they are no measure for what is recorded.
  const sessions = settings.records
    ? openSessions({ records, rooms, health, retentionDays: () => serviceSettings.current().retentionDays, metrics, log })
    : noSessions
  closing.add(rooms.lost.subscribe(records.claimAgain))
  closing.add(rooms.reachable.subscribe(({ reachable }) => reachable && records.claimAgain()))
  const tokenLimit = { limit: settings.tokenLimitPerMinute, windowMs: 60_000 }
  const issueToken = createJoinTokens({ settings, check: measures.book.checkKnown, leftOut: measures.leftOut })
  const askToken = createTokenDesk({
    limit: redis ? createRedisRateLimit(redis, tokenLimit) : createMemoryRateLimit(tokenLimit),
    issue: issueToken,
    onOutcome: metrics.tokenRequest,
    onFailOpen: metrics.rateLimitFailedOpen,
  })
  const viewers = createViewers<Socket>(bus)
  const observers = openObservers({
    settings,
    redis,
    bus,
    rooms,
    board,
    acting,
    looked: viewers.rooms,
    wanted: attention.wants,
    onStale: (room) => void sync.readRoom(room),
    keep: sessions.sink,
    webhooks: { webhookAt: () => sync.status().lastWebhook, onWebhook: sync.webhookCame },
    metrics,
    refusals,
    log,
    onDamaged,
  })
  const observerWatch = watchObservers(observers.status)
  closing.add(viewers.changed.subscribe(observers.lookAgain), observerWatch.stop)
  const matchmaking = openMatchmaking({ redis, bus, rooms, settings, issueToken })
  const usageBook = openUsageBook({ redis, rooms, budgets: settings.redisBudget, log })
  const feed = createFeed(rooms)
  const streams = createEventStreams(feed, () => metrics.slowConsumer('sse'))
  const services = {
    rooms,
    feed,
    streams,
    tickets: createTickets({
      store: redis ? createRedisTicketStore(redis) : createMemoryTicketStore(),
      livekitKeys: settings.livekitKeys,
      findHolder: operators.book.find,
    }),
    board,
    attention,
    serviceSettings,
    audit,
    people: people.desk,
    measures,
    sessions: createSessionDesk(records),
    insights: createInsightsDesk({ read: createInsightsReader(records.queries), describe: records.describe }),
    summaries,
    moderator: limitRefused(moderator, audit),
    health,
    logins: operators.logins,
    isValidToken: operators.book.isValid,
    addressOf: createAddressOf(settings),
    operators: operators.desk,
    verifyWebhook: createWebhookVerifier(settings.livekitKeys),
    liveRecord(name: string) {
      const record = rooms.get(name)
      return record.room && isShown(record.room) ? record : null
    },
    firstRead,
    observeGrant: (room: string) => createObserveGrant(settings, room),
    askToken,
    usage: usageBook.usage,
    sync,
    observers: observerWatch,
    readParticipants: createParticipantReader({ get: rooms.get, readRoom: sync.readRoom }),
    viewers,
    broadcasts: createBroadcasts(bus),
    matchmaking,
    metrics,
    refusals,
    drain,
  }
  closing.add(watchService(metrics, { rooms, health, sync, redis, settings }))
  const http = createHttp(services, log)
  const sockets = createSocketGateway(http.server, services, log)

  metrics.watch({ usher_sockets: sockets.count, usher_sse_connections: streams.count, usher_attention_marks: attention.count })
  closing.add(
    operators.book.revoked.subscribe(({ tokenId, why }) => {
      for (const connections of [sockets, streams]) connections.disconnect(tokenId, endings[why])
    }),
  )
  closing.add(rooms.moved.subscribe(({ after }) => after.room === null && board.forget(after.name)))

  /**
   * The orderly end: not ready and no new connections; what is under way is finished and told; who listens is told to go elsewhere; what still
   * comes is turned away; commits that wait are written; then the store.
   */
  async function close(): Promise<void> {
    // An action goes on where who asked for it has gone.
    const acted = Promise.race([moderator.stop(), delay(DRAIN_MS, undefined, { ref: false })])
    await Promise.all([sync.stop(), observers.stop(), drain.start(DRAIN_MS), acted])
    await rooms.caughtUp()
    board.stop()
    summaries.stop()
    drain.end(CUT_OFF_MS)
    await Promise.all([matchmaking.close(), viewers.close(), measures.close(), people.close()])
    await Promise.all([sockets.close(), streams.close()])
    await http.close()
    await usageBook.close()
    await sessions.close()
    await rooms.close()
    closing.dispose()
    await kept.close()
    redis?.close()
    refusals.stop()
  }

  try {
    await http.listen({ host: settings.host, port: settings.port })
  } catch (error) {
    await close()
    throw new StartError(describeListenError(error, settings))
  }
  // A start that fails says one line.
  audit.tellNewestHash()
  // A server that listens on TCP has an address with a port.
  const { port } = http.server.address() as AddressInfo
  const url = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`
  const { triggerImmediateSync, isSyncServiceRunning } = sync
  return { url, close, triggerImmediateSync, isSyncServiceRunning }
}

function describeListenError(error: unknown, { host, port }: ServerSettings): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return `port ${port} on ${host} is in use: set PORT to another one, or 0 for any`
  if (code === 'EACCES') return `port ${port} on ${host} may not be used by this user: set PORT to one above 1023`
  return `can't listen on ${host}:${port} (${String(code ?? error)}): check HOST and PORT`
}
