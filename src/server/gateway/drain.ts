import type { Server as HttpServer, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Emitter } from '#shared/lib/emitter.ts'

/** An event stream ends when the server says so; nobody waits for it. */
const STREAM_PATH = '/api/events'

/** `serving`; `draining`: no new connections, what is under way is finished; `closed`: whatever still comes is turned away. */
type Phase = 'serving' | 'draining' | 'closed'

/** The orderly end of serving: what was begun is finished, what comes after goes to another instance. */
export type Drain = {
  readonly phase: () => Phase
  /** Something is under way that is no HTTP request, such as a socket's event; the answer is called once when it is done. */
  readonly begin: () => () => void
  /** Takes note of this server's connections and requests. */
  readonly watch: (server: HttpServer) => void
  /** Stops listening, lets every answer from now on end its connection, and resolves when nothing is under way, or after `ms`. */
  readonly start: (ms: number) => Promise<void>
  /** Turns away what still comes, and ends connections that are open after `ms`. */
  readonly end: (ms: number) => void
}

export function createDrain(): Drain {
  // By connection, not a set of answers: the tables that one leaves behind as it gains and loses would keep what they held until a full collection.
  const connections = new Map<Socket, { newest: ServerResponse | null }>()
  const servers: HttpServer[] = []
  const finished = new Emitter<void>()
  let phase: Phase = 'serving'
  let underWay = 0

  function done(): void {
    underWay -= 1
    if (phase !== 'serving') finished.emit()
  }

  function note(socket: Socket, response: ServerResponse): void {
    const connection = connections.get(socket)
    underWay += 1
    if (connection) connection.newest = response
    if (phase !== 'serving') response.shouldKeepAlive = false
    response.once('close', () => {
      if (connection?.newest === response) connection.newest = null
      done()
    })
  }

  return {
    phase: () => phase,
    begin() {
      underWay += 1
      let isDone = false
      return () => {
        if (isDone) return
        isDone = true
        done()
      }
    },
    watch(server) {
      servers.push(server)
      server.on('connection', (socket) => {
        connections.set(socket, { newest: null })
        socket.once('close', () => connections.delete(socket))
      })
      // Before Fastify's own listener, so that it comes before the answer.
      server.prependListener('request', ({ url = '', socket }, response) => {
        if (url.split('?', 1)[0] !== STREAM_PATH) note(socket, response)
      })
    },
    async start(ms) {
      if (phase !== 'serving') return
      phase = 'draining'
      // Node ends the connections that wait for a next request at once; the others end with their answer.
      for (const { newest } of connections.values()) if (newest) newest.shouldKeepAlive = false
      for (const server of servers) server.close()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(end, ms)
        const unsubscribe = finished.subscribe(look)
        function look(): void {
          if (underWay === 0) end()
        }
        function end(): void {
          clearTimeout(timer)
          unsubscribe()
          resolve()
        }
        look()
      })
    },
    end(ms) {
      phase = 'closed'
      const timer = setTimeout(() => {
        for (const socket of connections.keys()) socket.destroy()
      }, ms)
      timer.unref()
    },
  }
}
