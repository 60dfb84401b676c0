import { randomUUID } from 'node:crypto'
import type { RoomService } from '#server/livekit/room-service.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { RoomEvent } from '#server/rooms/room-event.ts'
import type { ParticipantRow } from '#server/rooms/room-model.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import { fail, type Failure } from '#shared/domain/failure.ts'
import { compareRoom } from './compare-room.ts'

/** How many calls to LiveKit are under way at once at the most. */
const CALLS_AT_ONCE = 8
/** When the second sweep follows after a start or a new life of the store, ms: until then nobody is declared left. */
const SECOND_SWEEP_MS = 1500

/** When a sweep is tried again that could not ask LiveKit, ms. */
const RETRY_MS = 5000

/**
 * What a sweep found. `drift` counts what it had to put right, `missing` what the next one must miss too before it is declared gone;
 * `failure` is set where LiveKit could not be asked, or what it said could not be stored.
 */
export type SweepReport = {
  readonly at: number
  readonly rooms: number
  readonly drift: number
  readonly missing: number
  readonly failure: Failure | null
}

/** Compares every room with what LiveKit lists, at the start and every interval (S1.3). */
export type SyncService = {
  /** Sweeps now, soon once more, then every interval: at the start, and when what the store knew may be old. Resolves when the first one is done. */
  readonly sweepAnew: () => Promise<SweepReport>
  readonly swept: Emitter<SweepReport>
  readonly stop: () => void
}

type Options = { readonly rooms: LiveRooms; readonly livekit: RoomService; readonly intervalMs: number; readonly now?: () => number }

export function createSyncService({ rooms, livekit, intervalMs, now = Date.now }: Options): SyncService {
  const swept = new Emitter<SweepReport>()
  let missed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<SweepReport> | null = null
  let stopped = false

  /** Whether this is missing for the second sweep in a row. */
  function missedAgain(key: string, missing: Set<string>): boolean {
    missing.add(key)
    return missed.has(key)
  }

  async function sweep(isFirst: boolean): Promise<SweepReport> {
    const at = now()
    const listed = await livekit.listRooms()
    if (!listed.ok) return { at, rooms: 0, drift: 0, missing: 0, failure: listed }
    const missing = new Set<string>()
    const confirmed: [string, string][] = []
    const names = new Set(listed.value.map((room) => room.name))
    let drift = 0
    let failure: Failure | null = null
    const put = async (event: RoomEvent) => {
      const submitted = await rooms.submit(event)
      if (submitted.kind === 'committed') drift += 1
      if (submitted.kind === 'unavailable') failure = fail('unavailable', 'what LiveKit lists could not be stored')
    }
    await eachAtOnce(CALLS_AT_ONCE, listed.value, async (room) => {
      const asOf = now()
      const people = await livekit.listParticipants(room.name)
      if (!people.ok) {
        if (people.code !== 'not_found') failure = people
        return
      }
      const comparison = compareRoom({
        record: rooms.newest(room.name),
        listed: room,
        people: people.value,
        asOf,
        newId: randomUUID,
        isFirst,
      })
      const gone = comparison.missing.filter((row) => missedAgain(`${room.name}\n${row.sid}`, missing))
      const events = [...comparison.events, ...gone.map((row) => left(row, room.name, room.facts.sid, asOf))]
      for (const event of events) await put(event)
      if (events.length === 0) confirmed.push([room.name, room.facts.sid])
    })
    for (const { name, room } of [...rooms.allNewest()]) {
      if (names.has(name) || !room || room.confirmed.at > at || !missedAgain(`${name}\n`, missing)) continue
      await put(finished(name, room.facts.sid, at))
    }
    missed = missing
    if (confirmed.length > 0) await rooms.confirm({ at, rooms: confirmed })
    return { at, rooms: names.size, drift, missing: missing.size, failure }
  }

  function sweepOnce(isFirst: boolean): Promise<SweepReport> {
    running ??= sweep(isFirst)
      .then((report) => {
        swept.emit(report)
        return report
      })
      .finally(() => (running = null))
    return running
  }

  function schedule(ms: number): void {
    clearTimeout(timer)
    if (stopped) return
    timer = setTimeout(
      () => void sweepOnce(false).then(({ failure }) => schedule(failure ? Math.min(RETRY_MS, intervalMs) : intervalMs)),
      ms,
    )
  }

  async function sweepAnew(): Promise<SweepReport> {
    await running
    const report = await sweepOnce(true)
    schedule(Math.min(SECOND_SWEEP_MS, intervalMs))
    return report
  }

  return {
    sweepAnew,
    swept,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

function left(row: ParticipantRow, name: string, sid: string, asOf: number): RoomEvent {
  return { id: randomUUID(), at: asOf, asOf, cause: 'sweep', type: 'participant_left', room: { name, sid, facts: null }, participant: row }
}

function finished(name: string, sid: string, asOf: number): RoomEvent {
  return { id: randomUUID(), at: asOf, asOf, cause: 'sweep', type: 'room_finished', room: { name, sid, facts: null } }
}

/** Runs `work` on every item, a bounded number at once. */
async function eachAtOnce<T>(limit: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  const worker = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
}
