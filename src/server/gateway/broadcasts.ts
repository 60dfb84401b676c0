import type { Broadcast } from '#shared/contract/http-match.ts'
import type { Unsubscribe } from '#shared/lib/emitter.ts'
import type { Bus } from '#server/redis/bus.ts'

/** Hands a broadcast to the sockets of this instance that follow its room; how many those are. */
export type Deliver = (broadcast: Broadcast) => number

/** From another backend to all who follow a room, at whatever instance they are (S0.5). */
export type Broadcasts = {
  /** Resolves to how many sockets of this instance it went to. */
  readonly send: (broadcast: Broadcast) => number
  readonly deliverWith: (deliver: Deliver) => Unsubscribe
}

export function createBroadcasts(bus: Bus): Broadcasts {
  let deliverHere: Deliver = () => 0
  const unsubscribe = bus.subscribe((message, from) => {
    if (message.kind !== 'broadcast' || from === bus.instance) return
    const { room, event, payload } = message
    deliverHere({ room, event, payload })
  })
  return {
    send(broadcast) {
      void bus.publish({ kind: 'broadcast', ...broadcast })
      return deliverHere(broadcast)
    },
    deliverWith(deliver) {
      deliverHere = deliver
      return unsubscribe
    },
  }
}
