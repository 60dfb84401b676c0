import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { presenceSchema } from '#shared/domain/presence.ts'
import type { PresenceSource } from './presence-source.ts'

/** When a stream that broke is opened again, ms. */
const RETRY_MS = 1000

/** Presence as the demo's simulator streams it over loopback: a JSON text a line, each a `Presence`. A line of another form is passed over. */
export function createSimulatorPresence(url: string): PresenceSource {
  return {
    start(onPresence) {
      const stop = new AbortController()
      void (async () => {
        while (!stop.signal.aborted) {
          await readStream(url, stop.signal, (line) => {
            const presence = parseLine(line)
            if (presence) onPresence(presence)
          }).catch(() => undefined)
          await delay(RETRY_MS, undefined, { signal: stop.signal }).catch(() => undefined)
        }
      })()
      return () => stop.abort()
    },
  }
}

async function readStream(url: string, signal: AbortSignal, onLine: (line: string) => void): Promise<void> {
  const request = get(url, { signal })
  // 'response' carries one argument, the answer.
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  for await (const line of createInterface({ input: response, signal })) onLine(line)
}

function parseLine(line: string) {
  try {
    return presenceSchema.parse(JSON.parse(line))
  } catch {
    return null
  }
}
