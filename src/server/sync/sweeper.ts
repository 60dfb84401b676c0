import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { fail, type Failure } from '#shared/domain/failure.ts'
import type { ListedRoom } from '#server/livekit/room-service.ts'
import type { RoomLists } from '#server/livekit/bounded-lists.ts'
import { applyRoomEvent } from '#server/rooms/apply-room-event.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { withChange } from '#server/rooms/room-change.ts'
import type { RoomEvent } from '#server/rooms/room-event.ts'
import type { RoomRecord } from '#server/rooms/room-model.ts'
import { compareRoom, leftEvent, overEvents, type Comparison } from '#server/rooms/compare-room.ts'
import { isToldByWebhooks } from './webhook-watch.ts'

/** How long after somebody was missing for the first time LiveKit may be asked for the second, ms: its lists may be stale for a moment. */
const MISS_GAP_MS = 1000

/** What a look at LiveKit's lists found, and what was done about it. */
export type Sweep = {
  /** When the list of rooms was asked for, ms. */
  readonly at: number
  /** How many rooms LiveKit listed; null where it could not be asked. */
  readonly listed: number | null
  /** How many facts were put right: each room, person, permission, track that was not as listed. What a first look finds is not among them. */
  readonly drift: number
  /** How many of them a webhook should have told. */
  readonly untold: number
  /** How many rooms were declared over. */
  readonly ended: number
  /** Who and what is missing from the lists for the first time: gone only if the next look misses it too. */
  readonly missing: number
  /** Rooms that were not as told, or could not be compared. */
  readonly except: readonly string[]
  /** Why some of it could not be asked or stored. */
  readonly failure: Failure | null
}

/** One room as LiveKit lists it now; `record: null` where there is none of that name. */
export type RoomReading = { readonly sweep: Sweep; readonly record: RoomRecord | null }

/** Makes the rooms what LiveKit lists. Two looks at once do no harm; what is newer than a list is left alone. */
export type Sweeper = {
  /** `isFirst`: what is found is what was there before anybody looked, and no news. */
  readonly all: (isFirst: boolean) => Promise<Sweep>
  readonly one: (room: string) => Promise<RoomReading>
  /** Just the list of rooms: what is new there is read, and so are rooms that have people where none are known; what it misses is gone after the second miss. */
  readonly search: () => Promise<Sweep>
}

type Options = {
  readonly rooms: LiveRooms
  readonly lists: RoomLists
  /** For how long a miss counts, ms: a later one is the first again. */
  readonly missLifeMs: number
  readonly missGapMs?: number
  readonly now?: () => number
}

type Pass = {
  readonly at: number
  readonly isFirst: boolean
  readonly missing: Map<string, Set<string>>
  readonly except: Set<string>
  drift: number
  untold: number
  ended: number
  firstMisses: number
  failure: Failure | null
  storeAway: boolean
}

export function createSweeper({ rooms, lists, missLifeMs, missGapMs = MISS_GAP_MS, now = Date.now }: Options): Sweeper {
  // Who was missing last, by room: participant sids, and '' for the room itself.
  let missed = new Map<string, Set<string>>()
  let missedAt = 0

  async function begin(isFirst: boolean): Promise<Pass> {
    const early = missed.size === 0 ? 0 : missedAt + missGapMs - now()
    if (early > 0) await delay(Math.min(early, missGapMs))
    const at = now()
    if (at - missedAt > missLifeMs) missed = new Map()
    return {
      at,
      isFirst,
      missing: new Map(),
      except: new Set(),
      drift: 0,
      untold: 0,
      ended: 0,
      firstMisses: 0,
      failure: null,
      storeAway: false,
    }
  }

  /** Whether this is missing for the second time in a row. */
  function isMissedAgain(pass: Pass, room: string, sid: string): boolean {
    pass.missing.set(room, (pass.missing.get(room) ?? new Set()).add(sid))
    if (missed.get(room)?.has(sid)) return true
    pass.firstMisses += 1
    pass.except.add(room)
    return false
  }

  async function put(pass: Pass, event: RoomEvent): Promise<void> {
    if (pass.storeAway) return
    pass.except.add(event.room.name)
    const submitted = await rooms.submit(event)
    if (submitted.kind === 'unavailable') {
      pass.storeAway = true
      pass.failure = fail('unavailable', `what LiveKit lists could not be stored: ${submitted.why}`)
    }
    if (submitted.kind !== 'committed' || event.quiet) return
    pass.drift += 1
    if (isToldByWebhooks(event.type)) pass.untold += 1
    if (event.type === 'room_finished') pass.ended += 1
  }

  /** Compares one listed room with its record; answers what the record is then. */
  async function compare(pass: Pass, listed: ListedRoom): Promise<RoomRecord | null> {
    const { name, facts } = listed
    if (pass.storeAway) return (pass.except.add(name), null)
    const asOf = now()
    const people = await lists.listParticipants(name)
    if (!people.ok) {
      pass.except.add(name)
      if (people.code !== 'not_found') pass.failure = people
      return null
    }
    const record = rooms.newest(name)
    const look = { ...lookOf(asOf), quiet: pass.isFirst && !record.room }
    const found = compareRoom(record, listed, people.value, look)
    const gone = found.missing.filter((row) => isMissedAgain(pass, name, row.sid))
    const events = [...found.events, ...gone.map((row) => leftEvent(row, { name, sid: facts.sid }, look))]
    for (const event of events) await put(pass, event)
    return events.reduce(fold, record)
  }

  /** A room that LiveKit does not list. */
  async function miss(pass: Pass, record: RoomRecord): Promise<void> {
    const { name, room } = record
    if (!room) return
    if (room.confirmed.at > pass.at) return void pass.except.add(name)
    if (!isMissedAgain(pass, name, '')) return
    for (const event of overEvents(record, lookOf(pass.at))) await put(pass, event)
  }

  function end(pass: Pass, listed: number | null): Sweep {
    const { at, drift, untold, ended, firstMisses, except, failure } = pass
    return { at, listed, drift, untold, ended, missing: firstMisses, except: [...except], failure }
  }

  /** Who was missing in this room, for the next look at it. */
  function remember(pass: Pass, room: string): void {
    const missing = pass.missing.get(room)
    if (!missing) return void missed.delete(room)
    missed.set(room, missing)
    missedAt = pass.at
  }

  return {
    async all(isFirst) {
      const pass = await begin(isFirst)
      const listed = await lists.listRooms()
      if (!listed.ok) return end({ ...pass, failure: listed }, null)
      await Promise.all(listed.value.map((room) => compare(pass, room)))
      const names = new Set(listed.value.map(({ name }) => name))
      for (const record of [...rooms.allNewest()]) if (!names.has(record.name)) await miss(pass, record)
      missed = pass.missing
      missedAt = pass.at
      return end(pass, names.size)
    },
    async one(room) {
      const pass = await begin(false)
      const listed = await lists.listRooms([room])
      if (!listed.ok) return { sweep: end({ ...pass, failure: listed }, null), record: null }
      const found = listed.value.find(({ name }) => name === room)
      const record = found ? await compare(pass, found) : null
      if (!found) await miss(pass, rooms.newest(room))
      remember(pass, room)
      return { sweep: end(pass, found ? 1 : 0), record }
    },
    async search() {
      const pass = await begin(false)
      const listed = await lists.listRooms()
      if (!listed.ok) return end({ ...pass, failure: listed }, null)
      const names = new Set(listed.value.map(({ name }) => name))
      const strange = listed.value.filter((room) => isStrange(rooms.newest(room.name), room))
      await Promise.all(strange.map((room) => compare(pass, room)))
      for (const record of [...rooms.allNewest()]) if (!names.has(record.name)) await miss(pass, record)
      const thereAgain = [...missed.keys()].filter((name) => names.has(name) && missed.get(name)?.has(''))
      for (const name of new Set([...strange.map((room) => room.name), ...pass.missing.keys(), ...thereAgain])) remember(pass, name)
      return end(pass, names.size)
    },
  }
}

/** Whether a listed room is another one than is known, or has people where nobody is known to be. */
function isStrange({ room }: RoomRecord, listed: ListedRoom): boolean {
  if (room?.facts.sid !== listed.facts.sid) return true
  return listed.people > 0 && ![...room.participants.values()].some((row) => row.online)
}

/** A look at lists that were asked for then (ms). */
function lookOf(asOf: number): Comparison {
  return { cause: 'sweep', at: asOf, asOf, newId: randomUUID }
}

/** The record with an event applied, whether or not it could be stored. */
function fold(record: RoomRecord, event: RoomEvent): RoomRecord {
  const applied = applyRoomEvent(record, event)
  return applied ? withChange(record, applied.change, record.revision + 1) : record
}
