import { Emitter } from '#shared/lib/emitter.ts'
import type { Bus, BusMessage } from '../bus.ts'

/** The buses of several instances in one process, as Redis would connect them. */
export type BusNetwork = {
  /** Another instance; `joined` is for whoever tests to emit. */
  readonly open: (instance: string) => Bus
  /** Nothing reaches this instance any more, and it says nothing: as when it died. */
  readonly kill: (instance: string) => void
  /** While it answers true, what is published reaches nobody else, though it is counted. */
  loses: (message: BusMessage) => boolean
  /** Every message that went to others, with who sent it. */
  readonly sent: { readonly from: string; readonly message: BusMessage }[]
}

export function createBusNetwork(): BusNetwork {
  const listeners = new Map<string, Emitter<{ readonly message: BusMessage; readonly from: string }>>()
  const network: BusNetwork = {
    open(instance) {
      const told = new Emitter<{ readonly message: BusMessage; readonly from: string }>()
      listeners.set(instance, told)
      return {
        instance,
        joined: new Emitter<void>(),
        async publish(message) {
          told.emit({ message, from: instance })
          if (listeners.get(instance) !== told) return null
          network.sent.push({ from: instance, message })
          const reached = [...listeners].filter(([other]) => other !== instance)
          await Promise.resolve()
          if (!network.loses(message)) for (const [, other] of reached) other.emit({ message, from: instance })
          return reached.length
        },
        subscribe: (listener) => told.subscribe(({ message, from }) => listener(message, from)),
        close: () => network.kill(instance),
      }
    },
    kill: (instance) => void listeners.delete(instance),
    loses: () => false,
    sent: [],
  }
  return network
}
