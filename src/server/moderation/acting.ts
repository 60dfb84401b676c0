import { Disposables } from '#shared/lib/disposables.ts'
import type { Bus } from '#server/redis/bus.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'

/** How long anybody waits for an action to be told, ms; its instance may have died. */
const PATIENCE_MS = 3000
/** How much later than the word that it is done an action of another instance may be told, ms. */
const LOG_MS = 150

/**
 * Whom operators act on just now, at any instance. LiveKit tells a room's observer of what an operator does before it answers the operator's call: whoever tells
 * what was observed waits for the action, which says who did it and why.
 */
export type Acting = {
  /** An operator acts on somebody from now on; the answer is called when that is over, whatever came of it. */
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
    if (holds.has(actionId)) return
    const { promise, resolve } = Promise.withResolvers<void>()
    holds.set(actionId, { whom, over: promise, release: resolve, timer: releaseAfter(PATIENCE_MS, actionId), told: false, done: false })
  }

  function releaseAfter(ms: number, actionId: string): NodeJS.Timeout {
    return setTimeout(() => release(actionId), ms).unref()
  }

  function release(actionId: string): void {
    const held = holds.get(actionId)
    if (!held) return
    holds.delete(actionId)
    clearTimeout(held.timer)
    held.release()
  }

  /** Another instance is done, or has told of it: the two come on different ways. An action that failed tells nothing. */
  function heard(actionId: string, news: Partial<Pick<Hold, 'told' | 'done'>>): void {
    const held = holds.get(actionId)
    if (!held) return
    Object.assign(held, news)
    if (!held.done) return
    if (held.told) return release(actionId)
    clearTimeout(held.timer)
    held.timer = releaseAfter(LOG_MS, actionId)
  }

  const subscriptions = new Disposables()
  subscriptions.add(
    bus.subscribe((message, from) => {
      if (message.kind !== 'acting' || from === bus.instance) return
      if (message.done) heard(message.actionId, { done: true })
      else hold(whomOf(message.room, message.identity), message.actionId)
    }),
    rooms.told.subscribe(({ data }) => data.actionId !== undefined && heard(data.actionId, { told: true })),
  )

  return {
    begin(room, identity, actionId) {
      hold(whomOf(room, identity), actionId)
      void bus.publish({ kind: 'acting', room, identity, actionId, done: false })
      return () => {
        release(actionId)
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
      for (const actionId of [...holds.keys()]) release(actionId)
    },
  }
}

function whomOf(room: string, identity: string): string {
  return JSON.stringify([room, identity])
}
