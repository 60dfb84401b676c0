import type * as RtcNode from '@livekit/rtc-node'

export type Rtc = typeof RtcNode

let loading: Promise<Rtc> | null = null
let loaded: Rtc | null = null

async function load(): Promise<Rtc> {
  const before = process.env['NODE_ENV']
  // Its logger writes every connection to stdout unless it is loaded in production.
  process.env['NODE_ENV'] = 'production'
  try {
    // A name that bundlers don't follow: they would take the package's native part along, and a packaged app has no use for it.
    const name = '@livekit/rtc-node'
    // The name above is this package's.
    loaded = (await import(/* @vite-ignore */ name)) as Rtc
    return loaded
  } finally {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  }
}

/** LiveKit's WebRTC client for Node, loaded when first needed. Rejects where it isn't installed, as in a packaged app. */
export function loadRtc(): Promise<Rtc> {
  loading ??= load()
  return loading
}

/** Ends what rtc-node keeps running, once, when every bot has left. No bot can join after that in this process. */
export async function disposeRtc(): Promise<void> {
  const rtc = loaded
  loaded = null
  if (rtc) await rtc.dispose()
}
