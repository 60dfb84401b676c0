import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { JoinResponse, ParticipantInfo, Room, SignalRequest, SignalResponse } from '@livekit/protocol'
import { WebSocketServer, type WebSocket } from 'ws'

/** What is said to a client, as its parts. */
export type Said = SignalResponse['message']
export type Asked = SignalRequest['message']

/** A client that is connected, and what it asked for. */
export type ScriptedClient = {
  readonly asked: Asked[]
  /** Resolves when it has asked for something of this kind, which it did before perhaps. */
  readonly untilAsked: (kind: Asked['case']) => Promise<void>
  readonly say: (message: Said) => void
  /** Resolves when the client has gone. */
  readonly gone: Promise<void>
  readonly drop: () => void
}

/** A server that speaks LiveKit's signal protocol as a test says. */
export async function startScriptedLivekit() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const tokens: (string | undefined)[] = []
  server.on('connection', (_socket, request) => void tokens.push(request.headers.authorization))

  async function client(): Promise<ScriptedClient> {
    const [socket] = (await once(server, 'connection')) as [WebSocket]
    const asked: Asked[] = []
    let heard = Promise.withResolvers<void>()
    socket.on('message', (data: Buffer) => {
      asked.push(SignalRequest.fromBinary(data).message)
      heard.resolve()
      heard = Promise.withResolvers<void>()
    })
    return {
      asked,
      untilAsked: async (kind) => {
        while (!asked.some((each) => each.case === kind)) await heard.promise
      },
      say: (message) => socket.send(new SignalResponse({ message }).toBinary()),
      gone: new Promise((resolve) => {
        socket.once('close', () => resolve())
      }),
      drop: () => socket.close(),
    }
  }

  return {
    url: `http://127.0.0.1:${port}`,
    client,
    /** With what each client came. */
    tokens,
    stop: async (): Promise<void> => {
      for (const socket of server.clients) socket.terminate()
      server.close()
      await once(server, 'close')
    },
  }
}

export function roomInfo(sid: string, metadata = ''): Room {
  return new Room({ name: 'lobby', sid, metadata, creationTime: 1n })
}

/** That the client is in. `more`: who else is there, and whatever is to be otherwise. */
export function joined(sid: string, more: ConstructorParameters<typeof JoinResponse>[0] = {}): Said {
  // 4 is an agent.
  const participant = new ParticipantInfo({ sid: 'PA_own', identity: 'usher-observer-test', kind: 4, permission: { hidden: true } })
  return { case: 'join', value: new JoinResponse({ participant, room: roomInfo(sid), pingInterval: 5, pingTimeout: 15, ...more }) }
}

/** Somebody there with these tracks. */
export function somebody(identity: string, tracks: readonly string[] = [], state = 2): ParticipantInfo {
  return new ParticipantInfo({ sid: `PA_${identity}`, identity, state, tracks: tracks.map((sid) => ({ sid, source: 2 })) })
}
