import { io, type Socket } from 'socket.io-client'
import {
  PROTOCOL,
  socketPushes,
  socketRequests,
  type SocketAck,
  type SocketPayload,
  type SocketRequestName,
} from '#shared/contract/socket.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { Participant } from '#shared/domain/participant.ts'
import { applyRoomUpdate, relateRevision, type RoomSummary } from '#shared/domain/room.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import { adminToken } from './stack.ts'

/** A program that reads a sync server as the contract says: it holds rooms, one open room and the feed, and can wait for what it holds to be so. */
export type ConsoleClient = {
  readonly rooms: ReadonlyMap<string, RoomSummary>
  readonly participants: ReadonlyMap<string, Participant>
  readonly feed: readonly FeedEvent[]
  /** How often the open room's revision jumped, so that it was asked for again. */
  readonly gaps: () => number
  readonly ask: <N extends SocketRequestName>(name: N, payload: SocketPayload<N>) => Promise<SocketAck<N>>
  /** Sends anything, also what the contract does not know. */
  readonly send: (name: string, payload: unknown) => Promise<unknown>
  readonly open: (room: string) => Promise<void>
  /** Resolves when it holds; looks again at every push. */
  readonly until: (holds: () => boolean) => Promise<void>
  readonly close: () => void
}

/** Connects, and subscribes to the wall and the feed; also again after a lost connection. Every push is checked against the contract. */
export async function connectConsole(url: string, token = adminToken): Promise<ConsoleClient> {
  const socket: Socket = io(url, {
    transports: ['websocket'],
    auth: { token, protocol: PROTOCOL },
    reconnectionDelayMax: 500,
    forceNew: true,
  })
  const rooms = new Map<string, RoomSummary>()
  const feed: FeedEvent[] = []
  const moved = new Emitter<void>()
  let participants = new Map<string, Participant>()
  let opened: string | null = null
  let revision = 0
  let gaps = 0

  async function ask<N extends SocketRequestName>(name: N, payload: SocketPayload<N>): Promise<SocketAck<N>> {
    const answer: unknown = await socket.timeout(5000).emitWithAck(name, payload)
    // The schema of that name has just parsed it.
    return socketRequests[name].ack.parse(answer) as SocketAck<N>
  }

  async function open(room: string): Promise<void> {
    opened = room
    const { room: detail } = await ask('subscribe_room', { room })
    participants = new Map(detail.participants.map((participant) => [participant.identity, participant]))
    revision = detail.revision
    moved.emit()
  }

  async function subscribe(): Promise<void> {
    const { rooms: summaries } = await ask('subscribe_rooms', {})
    rooms.clear()
    for (const summary of summaries) rooms.set(summary.room, summary)
    await ask('subscribe_feed', {})
    if (opened !== null) await open(opened)
    moved.emit()
  }

  socket.on('rooms_update', (payload: unknown) => {
    const { changed, removed } = socketPushes.rooms_update.parse(payload)
    for (const summary of changed) rooms.set(summary.room, summary)
    for (const name of removed) rooms.delete(name)
    moved.emit()
  })
  socket.on('participants_update', (payload: unknown) => {
    const update = socketPushes.participants_update.parse(payload)
    if (update.room !== opened) return
    const relation = relateRevision(revision, update.revision)
    if (relation === 'gap') {
      gaps += 1
      void open(update.room)
    }
    if (relation !== 'next') return
    participants = applyRoomUpdate(participants, update)
    revision = update.revision
    moved.emit()
  })
  socket.on('room:event', (payload: unknown) => {
    feed.push(socketPushes['room:event'].parse(payload))
    moved.emit()
  })

  await new Promise<void>((resolve, reject) => {
    socket.once('connect_error', reject)
    socket.once('connect', () => {
      socket.off('connect_error', reject)
      resolve(subscribe())
      socket.on('connect', () => void subscribe().catch(() => undefined))
    })
  })
  return {
    rooms,
    get participants() {
      return participants
    },
    feed,
    gaps: () => gaps,
    ask,
    send: (name, payload) => socket.timeout(5000).emitWithAck(name, payload),
    open,
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds()) return
          unsubscribe()
          resolve()
        }
        const unsubscribe = moved.subscribe(look)
        look()
      }),
    close: () => void socket.disconnect(),
  }
}
