import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import type { Bus } from '#server/redis/bus.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'

/** How long anybody waits for an action to be told, ms; its instance may have died. */
const PATIENCE_MS = 3000
/** How much later than the word that it is done an action of another instance may be told, ms. */
const LOG_MS = 150

/** The identity that stands for the room itself: nobody has it. */
export const THE_ROOM = ''

/**
 * Whom operators act on just now, at any instance. LiveKit tells a room's observer of what an operator does before it answers the operator's call: whoever tells
 * what was observed waits for the action, which says who did it and why.
 */
export type Acting = {
  /** An operator acts on somebody, or the room itself, from now on; the answer is called when that is over, whatever came of it. One action may be about many. */
  readonly begin: (room: string, identity: string, actionId: string) => () => void
  /** Resolves when nobody acts on somebody any more, null where nobody does. */
  readonly settled: (room: string, identity: string) => Promise<void> | null
  readonly close: () => void
}

type Hold = {
  readonly whom: string
  readonly over: Promise<void>
  readonly release: () => void
  timer: NodeJS.Timeout
  told: boolean
  done: boolean
}

export function createActing(bus: Bus, rooms: Pick<LiveRooms, 'told'>): Acting {
  const holds = new Map<string, Hold>()

  function hold(whom: string, actionId: string): void {
    const id = holdOf(whom, actionId)
    if (holds.has(id)) return
    const { promise, resolve } = Promise.withResolvers<void>()
    holds.set(id, { whom, over: promise, release: resolve, timer: releaseAfter(PATIENCE_MS, id), told: false, done: false })
  }

  function releaseAfter(ms: number, id: string): NodeJS.Timeout {
    return setTimeout(() => release(id), ms).unref()
  }

  function release(id: string): void {
    const held = holds.get(id)
    if (!held) return
    holds.delete(id)
    clearTimeout(held.timer)
    held.release()
  }

  /** Another instance is done, or has told of it: the two come on different ways. An action that failed tells nothing. */
  function heard(id: string, news: Partial<Pick<Hold, 'told' | 'done'>>): void {
    const held = holds.get(id)
    if (!held) return
    Object.assign(held, news)
    if (!held.done) return
    if (held.told) return release(id)
    clearTimeout(held.timer)
    held.timer = releaseAfter(LOG_MS, id)
  }

  function heardTold({ room, participant, actionId }: FeedEvent['data']): void {
    if (actionId === undefined || !room || holds.size === 0) return
    heard(holdOf(whomOf(room.name, participant?.identity ?? THE_ROOM), actionId), { told: true })
  }

  const subscriptions = new Disposables()
  subscriptions.add(
    bus.subscribe((message, from) => {
      if (message.kind !== 'acting' || from === bus.instance) return
      const whom = whomOf(message.room, message.identity)
      if (message.done) heard(holdOf(whom, message.actionId), { done: true })
      else hold(whom, message.actionId)
    }),
    rooms.told.subscribe(({ data }) => heardTold(data)),
  )

  return {
    begin(room, identity, actionId) {
      const whom = whomOf(room, identity)
      hold(whom, actionId)
      void bus.publish({ kind: 'acting', room, identity, actionId, done: false })
      return () => {
        release(holdOf(whom, actionId))
        void bus.publish({ kind: 'acting', room, identity, actionId, done: true })
      }
    },
    settled(room, identity) {
      if (holds.size === 0) return null
      const whom = whomOf(room, identity)
      const held = [...holds.values()].filter((each) => each.whom === whom)
      return held.length === 0 ? null : Promise.all(held.map(({ over }) => over)).then(() => undefined)
    },
    close() {
      subscriptions.dispose()
      for (const id of [...holds.keys()]) release(id)
    },
  }
}

function holdOf(whom: string, actionId: string): string {
  return `${actionId} ${whom}`
}

function whomOf(room: string, identity: string): string {
  return JSON.stringify([room, identity])
}
