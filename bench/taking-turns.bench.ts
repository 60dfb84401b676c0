import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { createSoleLeases } from '#server/observers/leases.ts'
import { planObservers, promisedMs, TURNS_PER_SECOND, type ObservableRoom } from '#server/observers/observe-policy.ts'
import { startObservers } from '#server/observers/observers.ts'
import type { RoomObserver } from '#server/observers/room-observer.ts'
import { openLiveRooms, type LiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import type { ParticipantFacts } from '#server/rooms/room-model.ts'
import { everythingAllowed } from '#server/livekit/facts.ts'
import { median, printLimits } from './report.ts'
import { printTable } from './table.ts'

const [ROOMS, SLOTS] = [1000, 100]
const PLANS = 500

/** A thousand rooms and a hundred slots, with observers that are there at once and see nothing: how long each room waits for its turn, and what deciding costs. */
async function run(): Promise<void> {
  const promised = promisedMs(ROOMS, SLOTS)
  const rooms = await fill()
  const seenAt = new Map<string, number>()
  let longest = 0
  let joins = 0

  const observer: RoomObserver = ({ room, sid }, tell) => {
    joins += 1
    const facts = rooms.newest(room).room?.facts ?? { sid, startedAt: 0, metadata: '', maxParticipants: 0, recording: false }
    tell({ type: 'joined', facts, people: [], asOf: 0 })
    return () => undefined
  }
  const observers = startObservers({
    rooms,
    observer,
    leases: createSoleLeases(),
    slots: SLOTS,
    claims: () => () => 'turn',
    seenAt: (room) => seenAt.get(room) ?? 0,
    settled: () => null,
    onPresence({ room, at }) {
      // Told when an observer comes, and when it goes.
      const before = seenAt.get(room)
      if (before !== undefined) longest = Math.max(longest, at - before)
      seenAt.set(room, at)
    },
    onStale: () => undefined,
    onNews: () => undefined,
  })
  const began = Date.now()
  const firstLook = (async () => {
    while (seenAt.size < ROOMS) await wait(100)
    return Date.now() - began
  })()
  const first = await firstLook
  joins = 0
  await wait(promised)
  await observers.stop()
  await rooms.close()
  const cost = median(Array.from({ length: 5 }, costOfPlan))
  printTable(
    `${ROOMS} rooms, ${SLOTS} slots`,
    ['', ''],
    [
      ['promised: each is looked at within, s', promised / 1000],
      ['all were looked at once after, s', Number((first / 1000).toFixed(1))],
      ['the longest that one waited for its turn, s', Number((longest / 1000).toFixed(1))],
      ['joins a second', Number((joins / (promised / 1000)).toFixed(1))],
      ['one plan, ms', Number(cost.toFixed(3))],
    ],
  )
  printLimits([
    { what: 'first look at all, of what is promised', value: first / promised, atMost: 1 },
    { what: 'the longest wait, of what is promised', value: longest / promised, atMost: 1 },
    { what: 'plans of a second, ms', value: cost, atMost: 1 },
  ])
}

async function fill(): Promise<LiveRooms> {
  const rooms = await openLiveRooms(createMemoryRoomStore('bench'))
  for (let index = 0; index < ROOMS; index += 1) {
    const facts = { sid: `RM_${index}`, startedAt: 1, metadata: '', maxParticipants: 0, recording: false }
    const room = { name: `room ${index}`, sid: facts.sid, facts }
    await rooms.submit({ id: randomUUID(), at: Date.now(), cause: 'webhook', room, type: 'room_started' })
    await rooms.submit({
      id: randomUUID(),
      at: Date.now(),
      cause: 'webhook',
      room,
      type: 'participant_joined',
      participant: somebody(index),
    })
  }
  return rooms
}

function somebody(index: number): ParticipantFacts {
  const names = { identity: 'ana', sid: `PA_${index}`, name: 'Ana', metadata: '', attributes: {} }
  return { ...names, kind: 'standard', hidden: false, joinedAt: 1, version: 1, tracks: [], permissions: everythingAllowed }
}

/** How long one plan takes, ms. It is made once a second where nothing happens. */
function costOfPlan(): number {
  const now = Date.now()
  const view: ObservableRoom[] = Array.from({ length: ROOMS }, (_, index) => ({
    name: `room ${index}`,
    claim: 'turn',
    seenAt: now - index * 100,
    since: index < SLOTS ? now - index * 200 : null,
  }))
  const began = performance.now()
  for (let count = 0; count < PLANS; count += 1) planObservers(view, SLOTS, TURNS_PER_SECOND, now)
  return (performance.now() - began) / PLANS
}

await run()
