import { spread } from '../report.ts'
import { openConnection, type Connection } from './connection.ts'
import type { LoadReply, LoadRequest, LoadResult } from './messages.ts'
import { makeTraffic, type Traffic } from './traffic.ts'

// The program that makes the load, so that neither the bench nor a server pays for it. It is told what to do by its parent.

/** How often what has become due is sent, ms. */
const TICK_MS = 1

let traffic: Traffic = { connections: [], events: 0 }

function reply(message: LoadReply): void {
  process.send?.(message)
}

process.on('message', (request: LoadRequest) => {
  if (request.kind === 'prepare') {
    traffic = makeTraffic(request.size, request)
    reply({ kind: 'ready', events: traffic.events })
  } else {
    void send(request.port, request.perSecond).then((result) => reply({ kind: 'done', result }))
  }
})

async function send(port: number, perSecond: number | null): Promise<LoadResult> {
  const lanes = await Promise.all(
    traffic.connections.map(async (requests) => ({ connection: await openConnection('127.0.0.1', port), requests })),
  )
  const waits: number[] = []
  let refused = 0
  const began = performance.now()
  const answered = (status: number, due: number) => {
    waits.push(performance.now() - due)
    if (status !== 200) refused += 1
  }
  if (perSecond === null) await Promise.all(lanes.map((lane) => sendInTurn(lane, answered)))
  else await sendPaced(lanes, perSecond, answered)
  const seconds = (performance.now() - began) / 1000
  for (const { connection } of lanes) connection.close()
  const { p50, p99 } = spread(waits)
  return { events: waits.length, seconds, refused, p50, p99 }
}

type Lane = { readonly connection: Connection; readonly requests: readonly Buffer[] }
type Answered = (status: number, due: number) => void

/** Each request when the one before is answered. */
function sendInTurn({ connection, requests }: Lane, answered: Answered): Promise<void> {
  return new Promise((resolve) => {
    let next = 0
    const step = () => {
      const request = requests[next]
      if (!request) return resolve()
      next += 1
      const due = performance.now()
      connection.send(request, (status) => {
        answered(status, due)
        step()
      })
    }
    step()
  })
}

/** So many a second whatever the server does: what can't be sent yet waits in its lane, and its waiting counts. */
function sendPaced(lanes: readonly Lane[], perSecond: number, answered: Answered): Promise<void> {
  const queues = lanes.map((lane) => ({ ...lane, next: 0, dues: [] as number[], busy: false }))
  const total = queues.reduce((sum, { requests }) => sum + requests.length, 0)
  const longest = Math.max(...queues.map(({ requests }) => requests.length))
  const order = Array.from({ length: longest }, (_, index) => queues.filter(({ requests }) => index < requests.length)).flat()
  let offered = 0
  let done = 0
  const began = performance.now()
  return new Promise((resolve) => {
    const step = (queue: (typeof queues)[number]) => {
      const due = queue.dues[queue.next]
      const request = queue.requests[queue.next]
      if (due === undefined || !request || queue.busy) return
      queue.busy = true
      queue.next += 1
      queue.connection.send(request, (status) => {
        queue.busy = false
        answered(status, due)
        done += 1
        if (done === total) resolve()
        else step(queue)
      })
    }
    const tick = () => {
      const now = performance.now()
      const due = Math.min(total, Math.floor(((now - began) / 1000) * perSecond))
      for (; offered < due; offered += 1) {
        const queue = order[offered]
        if (!queue) continue
        queue.dues.push(now)
        step(queue)
      }
      if (offered < total) setTimeout(tick, TICK_MS)
    }
    tick()
  })
}
