import { randomUUID } from 'node:crypto'
import { Disposables } from '#shared/lib/disposables.ts'
import type { LiveRooms, RoomMoved } from '#server/rooms/live-rooms.ts'
import type { RoomEvent } from '#server/rooms/room-event.ts'
import { DEFAULT_ROLE, type ParticipantRow, type Room } from '#server/rooms/room-model.ts'
import type { Standing } from './invite-store.ts'
import { storable } from './search-words.ts'

/** How many rooms one query reads. */
const ROOMS_AT_ONCE = 200
/** When the database is asked again that could not be, ms. */
const RETRY_MS = 1000
/** How long what was read of a room that isn't live holds, ms: nobody tells when it changes. */
const STALE_MS = 10_000
/** Of how many such rooms something is kept. */
const PASSING = 1000

/** Roles of people in live rooms, in memory: for who is in the room, who was, and who may come. */
export type RoleBook = {
  /** `VIEWER` where none was ever set. */
  readonly roleOf: (room: string, identity: string) => string
  /** Resolves when the roles of a room are known, as far as the database can be asked; at once where they are. */
  readonly known: (room: string) => Promise<void>
}

/** A role book that also sees to it that rooms show what it knows. */
export type RunningRoleBook = RoleBook & {
  /** Resolves when nothing is under way any more. */
  readonly stop: () => Promise<void>
}

/** What is known of one room. `meanwhile`: whose role was told while the database is being asked, which is newer than its answer. */
type Entry = {
  readonly roles: Map<string, string>
  readAt: number | null
  meanwhile: Set<string>
  reading: PromiseWithResolvers<void> | null
}

type Options = {
  readonly rooms: Pick<LiveRooms, 'all' | 'get' | 'newest' | 'submit' | 'moved' | 'told'>
  /** Who is more than a viewer in these rooms, or to come. Throws what the database says. */
  readonly standings: (rooms: readonly string[]) => Promise<readonly Standing[]>
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
  readonly log: { readonly warn: (line: string) => void }
  readonly now?: () => number
  readonly retryMs?: number
}

/**
 * Reads who has a role in the live rooms, and in each that starts, and shows it there: who is to come, and the roles of those who are there or come later. While the database is away
 * the rooms go on, and it is asked again. Several instances may do so at once: who finds it done does nothing.
 */
export function createRoleBook({ rooms, standings, describe, log, now = Date.now, retryMs = RETRY_MS }: Options): RunningRoleBook {
  const entries = new Map<string, Entry>()
  const waiting = new Set<string>()
  const retries = new Set<NodeJS.Timeout>()
  const closing = new Disposables()
  let working: Promise<void> | null = null
  let isAway = false
  let isStopped = false
  let showing: Promise<void> = Promise.resolve()

  const isLive = (room: string) => rooms.newest(room).room !== null || rooms.get(room).room !== null

  function entryOf(room: string): Entry {
    const known = entries.get(room)
    if (known) return known
    const entry: Entry = { roles: new Map(), readAt: null, meanwhile: new Set(), reading: null }
    entries.set(room, entry)
    return entry
  }

  function ask(room: string): Promise<void> {
    // Nothing is asked any more, and nobody is to wait for that.
    if (isStopped) return Promise.resolve()
    const entry = entryOf(room)
    entry.reading ??= Promise.withResolvers()
    waiting.add(room)
    working ??= work()
    return entry.reading.promise
  }

  async function work(): Promise<void> {
    // What comes within one turn goes together.
    await Promise.resolve()
    while (waiting.size > 0 && !isStopped) {
      const names = [...waiting].slice(0, ROOMS_AT_ONCE)
      for (const name of names) waiting.delete(name)
      await read(names)
    }
    working = null
  }

  async function read(names: readonly string[]): Promise<void> {
    const asked = names.map((name) => ({ name, entry: entryOf(name) }))
    for (const { entry } of asked) entry.meanwhile = new Set()
    try {
      const byRoom = Map.groupBy(await standings(names), ({ room }) => room)
      isAway = false
      for (const { name, entry } of asked) {
        const found = byRoom.get(storable(name)) ?? []
        keep(entry, found)
        showing = showing.then(() => show(name, found))
      }
    } catch (error) {
      if (!isAway) log.warn(`the roles of people can't be read, and are asked for again until they can: ${describe(error)}`)
      isAway = true
      const timer = setTimeout(() => {
        retries.delete(timer)
        for (const name of names) if (isLive(name)) void ask(name)
      }, retryMs)
      retries.add(timer)
    }
    for (const { name, entry } of asked) {
      // Asked for once more meanwhile: that answer is still to come.
      if (!waiting.has(name)) letGo(entry)
    }
  }

  /** Who waits for what is known of a room waits no more. */
  function letGo(entry: Entry): void {
    entry.reading?.resolve()
    entry.reading = null
  }

  function keep(entry: Entry, found: readonly Standing[]): void {
    for (const identity of [...entry.roles.keys()]) if (!entry.meanwhile.has(identity)) entry.roles.delete(identity)
    for (const { identity, role } of found) if (!entry.meanwhile.has(identity)) entry.roles.set(identity, role)
    entry.readAt = now()
  }

  /** One after the other: what LiveKit tells of the room meanwhile goes in between. */
  async function show(name: string, found: readonly Standing[]): Promise<void> {
    for (const standing of found) {
      if (isStopped) return
      const { room } = rooms.newest(name)
      if (!room) return
      const row = room.participants.get(standing.identity)
      if (!row && standing.invited) await rooms.submit(invitation(name, room, standing))
      else if (row) await setRight(name, room, row)
    }
  }

  /** Gives a row the role that is known, where it has another one. */
  async function setRight(name: string, room: Room, row: ParticipantRow): Promise<void> {
    const role = entries.get(name)?.roles.get(row.identity)
    if (role === undefined || role === row.role) return
    const { identity, sid } = row
    await rooms.submit({ ...common(name, room, now()), quiet: true, type: 'role_changed', participant: { identity, sid }, role })
  }

  function learn(room: string, identity: string, role: string): void {
    const entry = entryOf(room)
    entry.roles.set(identity, role)
    entry.meanwhile.add(identity)
  }

  function moved({ before, after, change }: RoomMoved): void {
    const { name, room } = after
    if (!room) {
      const entry = entries.get(name)
      if (entry) letGo(entry)
      entries.delete(name)
      waiting.delete(name)
      return
    }
    // Another session has nobody's role yet, and neither has a room that was read anew after Redis had lost it.
    if (before.room?.facts.sid !== room.facts.sid || change === null) return void ask(name)
    for (const row of change.participants) {
      const earlier = before.room.participants.get(row.identity)
      if (earlier ? earlier.role !== row.role : row.role !== DEFAULT_ROLE) learn(name, row.identity, row.role)
      else if (row.online && !earlier?.online) void setRight(name, room, row)
    }
  }

  function forgetPassing(): void {
    if (entries.size <= PASSING) return
    const passing = [...entries].filter(([name, { reading }]) => !reading && !isLive(name))
    for (const [name] of passing.slice(0, Math.max(0, passing.length - PASSING))) entries.delete(name)
  }

  closing.add(
    () => retries.forEach((timer) => clearTimeout(timer)),
    rooms.moved.subscribe(moved),
    rooms.told.subscribe(({ type, data: { room, participant, detail } }) => {
      if (type === 'role_changed' && room && participant && detail !== undefined && isLive(room.name))
        learn(room.name, participant.identity, detail)
    }),
  )
  for (const { name, room } of rooms.all()) if (room) void ask(name)

  return {
    roleOf: (room, identity) =>
      entries.get(room)?.roles.get(identity) ?? rooms.newest(room).room?.participants.get(identity)?.role ?? DEFAULT_ROLE,
    known(room) {
      const entry = entries.get(room)
      if (entry && entry.readAt !== null && !entry.reading && (isLive(room) || now() - entry.readAt < STALE_MS)) return Promise.resolve()
      forgetPassing()
      return entry?.reading?.promise ?? ask(room)
    },
    async stop() {
      isStopped = true
      closing.dispose()
      for (const entry of entries.values()) letGo(entry)
      await working
      await showing
    },
  }
}

function common(name: string, room: Room, at: number): Pick<RoomEvent, 'id' | 'at' | 'room' | 'cause'> {
  return { id: randomUUID(), at, room: { name, sid: room.facts.sid, facts: null }, cause: 'server' }
}

/** An invitation as an event of a live room. */
export function invitation(name: string, room: Room, { identity, name: called, role, canSpeak, canVideo, changedAt }: Standing): RoomEvent {
  return { ...common(name, room, changedAt), type: 'participant_invited', identity, name: called, role, canSpeak, canVideo }
}
