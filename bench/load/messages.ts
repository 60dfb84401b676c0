import type { TrafficSize } from './traffic.ts'

/** What the bench asks of the process that makes the load: to sign webhooks, and to send them to a port of loopback. */
export type LoadRequest =
  | { readonly kind: 'prepare'; readonly size: TrafficSize; readonly key: string; readonly secret: string; readonly path: string }
  /** `perSecond: null`: each connection sends its next request when the last one is answered; else so many are offered a second, evenly. */
  | { readonly kind: 'send'; readonly port: number; readonly perSecond: number | null }

/** `refused`: answers that were not 200. `p50`, `p99`: from when a request was due to its answer, ms. */
export type LoadResult = {
  readonly events: number
  readonly seconds: number
  readonly refused: number
  readonly p50: number
  readonly p99: number
}
export type LoadReply = { readonly kind: 'ready'; readonly events: number } | { readonly kind: 'done'; readonly result: LoadResult }
