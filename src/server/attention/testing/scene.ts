import { vi } from 'vitest'
import { defaultAttention, type AttentionRule, type AttentionSettings, type AttentionThresholds } from '#shared/domain/attention.ts'
import type { ConnectionQuality, Presence } from '#shared/domain/presence.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import { everythingAllowed } from '#server/livekit/facts.ts'
import { openLiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import type { RoomReference } from '#server/rooms/room-event.ts'
import type { ParticipantFacts } from '#server/rooms/room-model.ts'
import { createAttention, type Attention } from '../attention.ts'

/** Rules that are all off but for these. */
export function onlyRules(on: Partial<AttentionThresholds>, patterns: AttentionSettings['patterns'] = []): AttentionSettings {
  const rules = Object.entries(defaultAttention.thresholds).map(([rule, threshold]) => [rule, { ...threshold, on: false }] as const)
  // The rules of the defaults, each as it is there.
  const off = Object.fromEntries(rules) as AttentionThresholds
  return { thresholds: { ...off, ...on }, patterns }
}

/** Real rooms in memory that things happen to, with their attention, on a clock that is moved. Times are seconds since the scene began. */
export async function openScene(first: AttentionSettings) {
  const begin = Date.now()
  const rooms = await openLiveRooms(createMemoryRoomStore('epoch'))
  const observations = new Map<string, Presence>()
  const observed = new Emitter<Presence>()
  const sessions = new Map<string, RoomReference>()
  const here = new Map<string, ParticipantFacts>()
  const changes: { readonly at: number; readonly room: string; readonly rules: readonly string[] }[] = []
  let settings = first
  let serial = 0
  const presence = { get: (room: string) => observations.get(room) ?? null, changed: observed }
  let attention = open()

  /** `late`: how far its clock lags behind, s. */
  function open(late = 0): Attention {
    const opened = createAttention({ rooms, presence, settings: () => settings, now: () => Date.now() - late * 1000 })
    opened.changed.subscribe((room) =>
      changes.push({ at: (Date.now() - begin) / 1000, room, rules: opened.of(room).map(({ rule }) => rule) }),
    )
    return opened
  }

  /** Lets what was done be told. */
  const settle = () => vi.advanceTimersByTimeAsync(0)
  const nextId = (prefix: string) => `${prefix}_${(serial += 1)}`

  function session(room: string): RoomReference {
    const known = sessions.get(room)
    if (known) return known
    const sid = nextId('RM')
    const facts = { sid, startedAt: Date.now(), metadata: '', maxParticipants: 0, recording: false }
    const made = { name: room, sid, facts }
    sessions.set(room, made)
    return made
  }

  const common = (room: string) => ({ id: nextId('EV'), at: Date.now(), room: session(room), cause: 'webhook' }) as const

  return {
    rooms,
    /** Which rules' marks a room had each time it was told that they have changed. */
    changes,
    forgetChanges: () => void changes.splice(0),
    attention: () => attention,
    pass: (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000),
    async start(room: string) {
      await rooms.submit({ ...common(room), type: 'room_started' })
      await settle()
    },
    async join(room: string, identity: string, more: Partial<ParticipantFacts> = {}) {
      const facts: ParticipantFacts = {
        identity,
        sid: nextId('PA'),
        name: identity,
        kind: 'standard',
        hidden: false,
        joinedAt: Date.now(),
        version: 1,
        tracks: [],
        permissions: everythingAllowed,
        metadata: '',
        attributes: {},
        ...more,
      }
      here.set(`${room} ${identity}`, facts)
      await rooms.submit({ ...common(room), type: 'participant_joined', participant: facts })
      await settle()
    },
    async leave(room: string, identity: string) {
      const participant = here.get(`${room} ${identity}`)
      if (!participant) throw new Error(`${identity} is not in ${room}`)
      await rooms.submit({ ...common(room), type: 'participant_left', participant })
      await settle()
    },
    async end(room: string) {
      await rooms.submit({ ...common(room), type: 'room_finished' })
      sessions.delete(room)
      await settle()
    },
    /** Another session begins, and the end of this one was not told. */
    async replace(room: string) {
      sessions.delete(room)
      await this.start(room)
    },
    /** How each connection fares; whoever is not named is not observed. */
    observe(room: string, qualities: Readonly<Record<string, ConnectionQuality>>, at = Date.now()) {
      const quality = Object.entries(qualities).map(([identity, each]) => ({ identity, quality: each }))
      const seen = { room, at, speaking: [], quality }
      observations.set(room, seen)
      observed.emit(seen)
    },
    async enforce(room: string, detail: string) {
      const data = { id: nextId('ME'), room: { name: room, sid: session(room).sid }, cause: 'server', detail } as const
      await rooms.tell({ type: 'measure_enforced', timestamp: Date.now(), data })
      await settle()
    },
    /** As a sweep does. */
    confirm: () => rooms.confirm({ at: Date.now(), only: null, except: [] }),
    set(next: AttentionSettings) {
      settings = next
      attention.settingsChanged()
    },
    /** A room's marks: rule -> since and why. */
    marks: (room: string, of = attention): Readonly<Partial<Record<AttentionRule, readonly [number, string]>>> =>
      Object.fromEntries(of.of(room).map(({ rule, since, why }) => [rule, [(since - begin) / 1000, why]])),
    /** Another instance that starts now. */
    open,
    /** The same, in place of this one. */
    restart() {
      attention.stop()
      attention = open()
    },
    async close() {
      attention.stop()
      await rooms.close()
    },
  }
}

export type Scene = Awaited<ReturnType<typeof openScene>>
