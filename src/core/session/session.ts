import type { ObserveGrant } from '#shared/contract/http.ts'
import type { ServiceSettings, SettingsChange } from '#shared/contract/http-settings.ts'
import type { SyncAnswer, SyncRequest, SyncStatus } from '#shared/contract/http-sync.ts'
import type { Push } from '#shared/contract/ipc.ts'
import type { ServerReport } from '#shared/contract/ipc-sync.ts'
import type { ObserverStatus } from '#shared/contract/observer-status.ts'
import { isBulk, type Action, type ActionResult, type PendingAction } from '#shared/domain/action.ts'
import type { Connection } from '#shared/domain/connection.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { Operator } from '#shared/domain/operator.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { createActions } from '../actions/actions.ts'
import { ACT_TIMEOUT_MS, postAction } from '../actions/post-action.ts'
import { sendBulk } from '../actions/send-bulk.ts'
import { initialFacts, nextConnection, reduceConnection, type ConnectionEvent } from '../link/connection.ts'
import { createLink, type Endpoint, type LinkEvent, type LinkPush } from '../link/link.ts'
import { createMirror, type Mirror } from '../mirror/mirror.ts'
import type { Launcher, Log } from '../ports.ts'
import { startBackend, type Backend } from './backend.ts'
import { createFallback } from './fallback.ts'
import { requestObserveGrant } from './observe.ts'
import type { Redaction } from './redaction.ts'
import { readRoom, readRooms } from './read-rooms.ts'
import { createRecords, type Records } from './records.ts'
import { controlSync, readServer } from './server-control.ts'
import { changeSettings, readSettings } from './service-settings.ts'

/** The time with one profile, from its choice to the next one's. */
export type Session = {
  readonly profile: Profile | null
  readonly connection: () => Connection
  readonly operator: () => Operator | null
  readonly mirror: Mirror
  readonly act: (action: Action) => Promise<ActionResult>
  /** Ends an action for many where it is: what isn't done yet isn't done. */
  readonly cancelAction: (actionId: string) => Promise<Result<{ actionId: string }>>
  readonly unsettled: () => PendingAction[]
  readonly records: Records
  readonly observeRoom: (room: string) => Promise<Result<ObserveGrant>>
  /** How the server's sweeps fare; null while that is not known. */
  readonly sync: () => SyncStatus | null
  /** How the server's observers fare; null while that is not known, and with a server that doesn't tell. */
  readonly observers: () => ObserverStatus | null
  readonly readServer: () => Promise<Result<ServerReport>>
  readonly controlSync: (request: SyncRequest) => Promise<Result<SyncAnswer>>
  readonly readSettings: () => Promise<Result<ServiceSettings>>
  readonly changeSettings: (change: SettingsChange) => Promise<Result<ServiceSettings>>
  /** Starts what the profile needs and links to it. */
  readonly start: () => void
  /** Ends the link at once, and the programs; nothing is pushed from here on. */
  readonly stop: () => Promise<void>
}

export type SessionOptions = {
  readonly profile: Profile | null
  readonly launcher: Launcher
  readonly log: Log
  readonly redaction: Redaction
  readonly push: (push: Push) => void
}

/** A session that isn't started yet. */
export function createSession(options: SessionOptions): Session {
  const { profile, launcher, log, redaction } = options
  const link = createLink(log)
  let facts = initialFacts
  let told: Connection = { state: 'connecting', since: Date.now(), why: null }
  let operator: Operator | null = null
  let sync: SyncStatus | null = null
  let observers: ObserverStatus | null = null
  let endpoint: Endpoint | null = null
  let backend: Backend | null = null
  let stopped = false

  function push(message: Push): void {
    if (!stopped) options.push(message)
  }

  function connection(): Connection {
    return told.why === null ? told : { ...told, why: redaction.clean(told.why) }
  }

  function learn(event: ConnectionEvent): void {
    if (stopped) return
    facts = reduceConnection(facts, event)
    const next = nextConnection(told, facts, Date.now())
    if (next === told) return
    told = next
    log('info', `connection: ${next.state}${next.why === null ? '' : `, ${next.why}`}`)
    push({ name: 'connection_changed', payload: connection() })
  }

  const mirror = createMirror({
    link,
    log,
    push,
    roomsArrived: () => learn({ type: 'rooms_arrived' }),
    roomsDoubted: () => learn({ type: 'rooms_doubted' }),
    roomsRefused: (why) => learn({ type: 'rooms_refused', why }),
  })
  const actions = createActions({ send: sendAction, push })
  const fallback = createFallback(reread)

  /** S4.7: what is on the screen, read over HTTP while nothing is pushed. */
  async function reread(): Promise<void> {
    const from = endpoint
    if (from === null) return
    const rooms = await readRooms(from)
    const details = rooms.ok ? await Promise.all(mirror.openNames().map((room) => readRoom(from, room))) : []
    if (from !== endpoint || link.isConnected()) return
    if (rooms.ok)
      mirror.reread(
        rooms.value,
        details.flatMap((detail) => (detail.ok ? detail.value : [])),
      )
    else log('warn', `the rooms could not be read: ${rooms.message}`)
    learn({ type: 'reread', ok: rooms.ok })
  }

  /** Over the link, or by HTTP where that works and the link doesn't. */
  function sendAction(action: Action): Promise<Result<ActionResult>> {
    const byHttp = facts.rereading && !link.isConnected() ? endpoint : null
    if (byHttp !== null) return postAction(byHttp, action)
    return isBulk(action) ? sendBulk(link, action) : link.request('act', action, ACT_TIMEOUT_MS)
  }

  async function cancelAction(actionId: string): Promise<Result<{ actionId: string }>> {
    const answer = await link.request('cancel_action', { actionId })
    return answer.ok ? succeed({ actionId }) : answer
  }

  function tellSync(status: SyncStatus | null): void {
    if (sync === null && status === null) return
    sync = status
    push({ name: 'sync_changed', payload: sync })
  }

  function tellObservers(status: ObserverStatus | null): void {
    if (observers === null && status === null) return
    observers = status
    push({ name: 'observers_changed', payload: observers })
  }

  function takePush(pushed: LinkPush): void {
    if (pushed.name === 'service_status') learn({ type: 'service_told', status: pushed.payload })
    else if (pushed.name === 'welcome') {
      operator = pushed.payload.operator
      push({ name: 'operator_changed', payload: operator })
    } else if (pushed.name === 'sync_status') tellSync(pushed.payload)
    else if (pushed.name === 'observer_status') tellObservers(pushed.payload)
    else if (pushed.name === 'action_progress') actions.progress(pushed.payload)
    else {
      mirror.receive(pushed)
      if (pushed.name === 'room:event') actions.observe(pushed.payload)
    }
  }

  function disconnected(): void {
    mirror.disconnected()
    tellSync(null)
    tellObservers(null)
  }

  function takeLinkEvent(event: LinkEvent): void {
    switch (event.type) {
      case 'connected':
        fallback.end()
        learn({ type: 'socket_connected' })
        mirror.connected()
        return
      case 'down':
        learn({ type: 'socket_down', why: event.why })
        disconnected()
        fallback.begin()
        return
      case 'refused':
        fallback.end()
        learn({ type: 'socket_refused', why: `the sync server refused this operator: ${event.why}` })
        disconnected()
        return
      case 'pushed':
        takePush(event.push)
        return
      case 'malformed':
        if (event.name === 'service_status') learn({ type: 'service_told', status: unreadableStatus(Date.now()) })
        else mirror.doubt(event.name)
    }
  }
  link.subscribe(takeLinkEvent)

  /** What the link led to is gone: it isn't tried until there is something again. */
  function unlink(event: ConnectionEvent): void {
    if (stopped) return
    endpoint = null
    fallback.end()
    link.close()
    disconnected()
    learn(event)
  }

  function start(): void {
    if (stopped) return
    if (profile === null) return learn({ type: 'backend_ended', why: 'no profile chosen' })
    backend = startBackend(profile, {
      launcher,
      log,
      hide: redaction.hide,
      starting: (why) => unlink({ type: 'backend_starting', why }),
      ended: (why) => unlink({ type: 'backend_ended', why }),
      ready(found) {
        if (stopped) return
        endpoint = found
        learn({ type: 'backend_running' })
        link.open(found)
      },
    })
  }

  async function ask<T>(what: (endpoint: Endpoint) => Promise<Result<T>>): Promise<Result<T>> {
    return endpoint === null ? fail('unavailable', 'not connected to a sync server') : what(endpoint)
  }

  return {
    profile,
    connection,
    operator: () => operator,
    mirror,
    act: actions.act,
    cancelAction,
    unsettled: actions.unsettled,
    records: createRecords(ask),
    start,
    observeRoom: (room) => ask(async (found) => backend?.whyUnobservable() ?? requestObserveGrant(found, room)),
    sync: () => sync,
    observers: () => observers,
    readServer: () => ask(readServer),
    controlSync: (request) => ask((found) => controlSync(found, request)),
    readSettings: () => ask(readSettings),
    changeSettings: (change) => ask((found) => changeSettings(found, change)),
    async stop() {
      stopped = true
      fallback.end()
      mirror.dispose()
      link.close()
      await backend?.stop()
    },
  }
}

function unreadableStatus(now: number) {
  return { state: 'degraded', since: now, why: 'what the sync server says of itself could not be read' } as const
}
