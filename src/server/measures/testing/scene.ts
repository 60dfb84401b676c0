import { randomUUID } from 'node:crypto'
import type { ServiceSettings } from '#shared/contract/http-settings.ts'
import { defaultSettings } from '#shared/contract/http-settings.ts'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { Measure } from '#shared/domain/measure.ts'
import type { Operator } from '#shared/domain/operator.ts'
import type { Permissions } from '#shared/domain/participant.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import { createActing } from '#server/moderation/acting.ts'
import { createPermissionDesk } from '#server/moderation/change-permissions.ts'
import { createTurns } from '#server/moderation/in-turn.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import { createBusNetwork, type BusNetwork } from '#server/redis/testing/bus-network.ts'
import { openLiveRooms, type LiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import type { ParticipantFacts } from '#server/rooms/room-model.ts'
import type { Attribution, RoomEvent } from '#server/rooms/room-event.ts'
import type { RoomStore } from '#server/rooms/room-store.ts'
import type { Course, NewMeasure } from '../measure-desk.ts'
import { openMeasures, type Measures } from '../open-measures.ts'
import { createScriptedLivekit, type ScriptedLivekit } from './scripted-livekit.ts'

export const kim: Operator = { name: 'kim', role: 'admin' }
export const by = (operator = 'kim', reason = 'spam'): Attribution => ({ operator, actionId: randomUUID(), reason })
export const course: Course = { onTarget: () => undefined, isCancelled: () => false }

/** One LiveKit and one database, and any number of instances on them. */
export type Scene = {
  readonly livekit: ScriptedLivekit
  readonly database: Database
  readonly network: BusNetwork
  /** An instance; `graceMs`: how long it leaves to others what it only hears of. */
  readonly open: (
    name?: string,
    how?: { readonly graceMs?: number; readonly retryMs?: number; readonly now?: () => number },
  ) => Promise<Instance>
  readonly close: () => Promise<void>
}

export type Instance = {
  readonly rooms: LiveRooms
  readonly measures: Measures
  readonly told: readonly FeedEvent[]
  readonly lines: readonly string[]
  readonly enforced: readonly Measure['kind'][]
  readonly roles: Map<string, string>
  rolesKnown: Promise<void>
  readonly setEnforcement: (enforcement: ServiceSettings['enforcement']) => void
  readonly impose: (measure: Partial<NewMeasure> & Pick<NewMeasure, 'kind'>) => Promise<Measure>
  /** Somebody comes, and this instance gets the webhook. */
  readonly join: (room: string, identity: string, permissions?: Permissions, kind?: ParticipantFacts['kind']) => Promise<ParticipantFacts>
  readonly leave: (room: string, identity: string) => Promise<void>
  /** What LiveKit says of somebody now comes to this instance. */
  readonly hear: (room: string, identity: string) => Promise<void>
  /** Reads all of LiveKit, as a sweep does, and says so. */
  readonly sweep: () => Promise<void>
  /** Resolves when nothing is under way and everything was told. */
  readonly quiet: () => Promise<void>
  readonly close: () => Promise<void>
}

export async function createScene(settings: DatabaseSettings = { kind: 'memory' }): Promise<Scene> {
  const opened = await openDatabase(settings)
  if (!opened.ok) throw new Error(opened.message)
  const database = opened.value
  const livekit = createScriptedLivekit()
  const network = createBusNetwork()
  const store = createMemoryRoomStore(randomUUID().replaceAll('-', ''))
  const turns = createTurns()
  const instances: Instance[] = []

  /** One person at a time, whichever instance changes them. */
  function lease(room: string, identity: string): Promise<() => Promise<void>> {
    return new Promise((resolve) => {
      void turns(JSON.stringify([room, identity]), () => new Promise<void>((done) => resolve(() => Promise.resolve(done()))))
    })
  }

  return {
    livekit,
    database,
    network,
    async open(name = `instance ${instances.length}`, how = {}) {
      const instance = await openInstance({ livekit, database, network, store, lease, name, ...how })
      instances.push(instance)
      return instance
    },
    async close() {
      await Promise.all(instances.map((instance) => instance.close()))
      await database.close()
    },
  }
}

type Opening = Pick<Scene, 'livekit' | 'database' | 'network'> & {
  readonly store: RoomStore
  readonly lease: (room: string, identity: string) => Promise<() => Promise<void>>
  readonly name: string
  readonly graceMs?: number
  readonly retryMs?: number
  readonly now?: () => number
}

async function openInstance({
  livekit,
  database,
  network,
  store,
  lease,
  name,
  graceMs = 5,
  retryMs = 1,
  now = () => Date.now(),
}: Opening): Promise<Instance> {
  // Who closes one instance leaves the store to the others.
  const rooms = await openLiveRooms({ ...store, close: () => Promise.resolve() })
  const bus = network.open(name)
  const acting = createActing(bus, rooms)
  const swept = new Emitter<void>()
  const changed = new Emitter<ServiceSettings>()
  const roles = new Map<string, string>()
  const told: FeedEvent[] = []
  const lines: string[] = []
  const enforced: Measure['kind'][] = []
  rooms.told.subscribe((event) => told.push(event))
  let settings = defaultSettings
  const opened = await openMeasures({
    ...{ records: database, rooms, bus, acting, now, graceMs, retryMs, swept, livekit: livekit.service },
    permissions: createPermissionDesk(livekit.service, lease),
    roles: {
      roleOf: (room, identity) => roles.get(identity) ?? rooms.newest(room).room?.participants.get(identity)?.role ?? 'VIEWER',
      known: () => instance.rolesKnown,
    },
    settings: { current: () => settings, changed },
    metrics: { measureEnforced: (kind) => enforced.push(kind), watch: () => undefined },
    log: { warn: (line) => void lines.push(line) },
  })
  if (!opened.ok) throw new Error(opened.message)
  const measures = opened.value

  function about(room: string): Pick<RoomEvent, 'id' | 'at' | 'cause' | 'room'> {
    const facts = livekit.rooms.get(room)?.facts ?? null
    return { id: randomUUID(), at: now(), cause: 'webhook', room: { name: room, sid: facts?.sid ?? '', facts } }
  }

  async function leave(room: string, identity: string): Promise<void> {
    const row = rooms.newest(room).room?.participants.get(identity)
    livekit.leave(room, identity)
    if (row?.online) await rooms.submit({ ...about(room), type: 'participant_left', participant: row })
  }

  async function hear(room: string, identity: string): Promise<void> {
    const participant = livekit.find(room, identity)
    if (participant) await rooms.submit({ ...about(room), type: 'permission_changed', participant })
  }

  const instance: Instance = {
    ...{ rooms, measures, told, lines, enforced, roles, leave, hear },
    rolesKnown: Promise.resolve(),
    setEnforcement(enforcement) {
      settings = { ...settings, enforcement }
      changed.emit(settings)
    },
    async impose(measure) {
      const where = measure.scope === 'all' ? {} : { room: 'lobby' }
      const imposed = await measures.desk.impose({ scope: 'room', until: null, reason: 'spam', ...where, ...measure }, by(), course)
      if (!imposed.ok) throw new Error(imposed.message)
      return imposed.value.measure
    },
    async join(room, identity, permissions, kind) {
      const participant = livekit.join(room, identity, permissions, kind)
      await rooms.submit({ ...about(room), type: 'participant_joined', participant })
      return participant
    },
    async sweep() {
      for (const [room, { people }] of livekit.rooms) {
        for (const participant of people.values()) {
          await rooms.submit({ ...about(room), cause: 'sweep', type: 'participant_joined', participant })
        }
      }
      for (const { name: room, room: live } of rooms.allNewest()) {
        for (const row of live?.participants.values() ?? []) {
          if (row.online && livekit.find(room, row.identity)?.sid !== row.sid) {
            const event = { ...about(room), room: { name: room, sid: live?.facts.sid ?? '', facts: null }, cause: 'sweep' } as const
            await rooms.submit({ ...event, type: 'participant_left', participant: row })
          }
        }
      }
      swept.emit()
    },
    async quiet() {
      for (let round = 0; round < 3; round += 1) {
        await measures.settled()
        await rooms.caughtUp()
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    async close() {
      acting.close()
      await measures.close()
      await rooms.close()
      bus.close()
    },
  }
  return instance
}
