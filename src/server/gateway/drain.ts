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
  const answers = new Set<ServerResponse>()
  const sockets = new Set<Socket>()
  const servers: HttpServer[] = []
  const finished = new Emitter<void>()
  let phase: Phase = 'serving'
  let others = 0

  function note(set: Set<ServerResponse>, response: ServerResponse): void {
    set.add(response)
    if (phase !== 'serving') response.shouldKeepAlive = false
    response.once('close', () => {
      set.delete(response)
      finished.emit()
    })
  }

  return {
    phase: () => phase,
    begin() {
      others += 1
      let done = false
      return () => {
        if (done) return
        done = true
        others -= 1
        finished.emit()
      }
    },
    watch(server) {
      servers.push(server)
      server.on('connection', (socket) => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
      })
      // Before Fastify's own listener, so that it comes before the answer.
      server.prependListener('request', ({ url = '' }, response) => {
        if (url.split('?', 1)[0] !== STREAM_PATH) note(answers, response)
      })
    },
    async start(ms) {
      if (phase !== 'serving') return
      phase = 'draining'
      // Node ends the connections that wait for a next request at once; the others end with their answer.
      for (const response of answers) response.shouldKeepAlive = false
      for (const server of servers) server.close()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, ms)
        const unsubscribe = finished.subscribe(look)
        function look(): void {
          if (answers.size === 0 && others === 0) done()
        }
        function done(): void {
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
        for (const socket of sockets) socket.destroy()
      }, ms)
      timer.unref()
    },
  }
}
