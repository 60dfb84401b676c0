import type { Socket } from 'socket.io'
import type { ObserveGrant } from '#shared/contract/http.ts'
import type { OpenAudit } from '#server/audit/open-audit.ts'
import type { Attention } from '#server/attention/attention.ts'
import type { UsageBook } from '#server/budget/usage-book.ts'
import type { Feed } from '#server/feed/feed.ts'
import type { InsightsDesk } from '#server/insights/insights-desk.ts'
import type { SampledLog } from '#server/logging/sampled-log.ts'
import type { Measures } from '#server/measures/open-measures.ts'
import type { Metrics } from '#server/metrics/metrics.ts'
import type { MatchService } from '#server/matchmaking/open-matchmaking.ts'
import type { Moderator } from '#server/moderation/moderator.ts'
import type { PresenceBoard } from '#server/observers/presence-board.ts'
import type { Logins } from '#server/operators/logins.ts'
import type { OperatorDesk } from '#server/operators/operator-desk.ts'
import type { PeopleDesk } from '#server/people/people-desk.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { RoomRecord } from '#server/rooms/room-model.ts'
import type { ServiceHealth } from '#server/service-health.ts'
import type { ReadParticipants } from '#server/sync/participant-reader.ts'
import type { SessionDesk } from '#server/sessions/session-desk.ts'
import type { SettingsBook } from '#server/settings/service-settings.ts'
import type { SyncService } from '#server/sync/sync-service.ts'
import type { TokenDesk } from '#server/tokens/token-desk.ts'
import type { VerifyWebhook } from '#server/webhook/verify-webhook.ts'
import type { AddressOf } from './address-of.ts'
import type { Broadcasts } from './broadcasts.ts'
import type { EventStreams } from './connections/event-streams.ts'
import type { Tickets } from './connections/tickets.ts'
import type { Drain } from './drain.ts'
import type { ObserverWatch } from './observer-watch.ts'
import type { Summaries } from './summaries.ts'
import type { Viewers } from './viewers.ts'

/** What the two halves of the gateway, HTTP and Socket.IO, work with. */
export type Services = {
  readonly rooms: LiveRooms
  readonly board: PresenceBoard
  readonly attention: Pick<Attention, 'of'>
  readonly serviceSettings: Pick<SettingsBook, 'current' | 'change'>
  readonly audit: Omit<OpenAudit, 'close'>
  readonly measures: Pick<Measures, 'book' | 'list'>
  readonly people: PeopleDesk
  readonly sessions: SessionDesk
  readonly insights: InsightsDesk
  readonly summaries: Summaries
  readonly moderator: Moderator
  readonly health: ServiceHealth
  readonly logins: Logins
  readonly isValidToken: (tokenId: string) => boolean
  /** Where a request or handshake comes from, by the proxy's word where that is trusted. */
  readonly addressOf: AddressOf
  readonly operators: OperatorDesk
  readonly feed: Feed
  readonly streams: EventStreams
  readonly tickets: Tickets
  readonly verifyWebhook: VerifyWebhook
  readonly metrics: Metrics
  /** Where refused and failed requests are written. */
  readonly refusals: SampledLog
  readonly drain: Drain
  /** Resolves when the rooms were read after the start, or that takes too long. */
  readonly firstRead: Promise<void>
  /** A room that is live and shown; null for any other. */
  readonly liveRecord: (room: string) => RoomRecord | null
  readonly observeGrant: (room: string) => Promise<ObserveGrant>
  readonly askToken: TokenDesk
  readonly usage: UsageBook['usage']
  readonly sync: SyncService
  readonly observers: Pick<ObserverWatch, 'status' | 'changed'>
  readonly readParticipants: ReadParticipants
  readonly viewers: Viewers<Socket>
  readonly broadcasts: Broadcasts
  readonly matchmaking: MatchService
}
