import { randomUUID } from 'node:crypto'
import type { ServerSettings } from '#shared/contract/embedded.ts'
import { freeTcpPort } from '#demo/free-port.ts'
import { startLivekitServer, type LivekitProcess } from '#demo/livekit-server.ts'
import { joinBot, type Bot } from '#demo/bot.ts'
import { startSyncServer, type SyncServer } from '#server/server.ts'
import { RoomServiceClient } from 'livekit-server-sdk'
import { peers } from '../peers.ts'

/** A real livekit-server with sync servers that its webhooks reach, and bots to fill its rooms. */
export type Stack = {
  readonly livekit: LivekitProcess
  readonly api: RoomServiceClient
  readonly ports: readonly number[]
  readonly settings: (index: number, more?: Partial<ServerSettings>) => ServerSettings
  readonly serve: (index: number, more?: Partial<ServerSettings>) => Promise<SyncServer>
  readonly join: (room: string, identity: string, publish?: { microphone?: boolean; camera?: boolean }) => Promise<Bot>
  readonly stop: () => Promise<void>
}

export const adminToken = 'an-admin-token-of-the-tests'

/** `webhooksTo`: which of the ports LiveKit calls; none for a deployment whose webhooks are lost. `alsoTo`: other receivers. `roomSettings`: LiveKit's own, of rooms. */
type StackOptions = {
  readonly servers?: number
  readonly webhooksTo?: readonly number[]
  readonly alsoTo?: readonly string[]
  readonly roomSettings?: Readonly<Record<string, unknown>>
}

export async function startStack({ servers = 1, webhooksTo = [0], alsoTo = [], roomSettings = {} }: StackOptions = {}): Promise<Stack> {
  const ports = await Promise.all(Array.from({ length: servers }, () => freeTcpPort()))
  const webhookUrls = [...webhooksTo.map((index) => `http://127.0.0.1:${ports[index]}/api/livekit-webhook`), ...alsoTo]
  const livekit = await startLivekitServer({ binary: peers.livekit ?? '', webhookUrls, room: roomSettings })
  const running = new Set<SyncServer>()
  const bots = new Set<Bot>()

  function settings(index: number, more: Partial<ServerSettings> = {}): ServerSettings {
    return {
      host: '127.0.0.1',
      port: ports[index] ?? 0,
      livekitHost: livekit.url,
      livekitPublicUrl: livekit.url,
      livekitKeys: [{ key: livekit.apiKey, secret: livekit.apiSecret }],
      redisUrl: null,
      admin: { token: adminToken, name: 'moderator on shift' },
      serviceToken: null,
      database: { kind: 'memory' },
      syncIntervalMs: 30_000,
      cleanupIntervalMs: 300_000,
      tokenLimitPerMinute: 20,
      redisBudget: { commandsPerDay: 7000, bytesPerMonth: 150_000_000 },
      trustProxy: false,
      observeRooms: 0,
      records: true,
      logLevel: 'fatal',
      ...more,
    }
  }

  return {
    livekit,
    api: new RoomServiceClient(livekit.url.replace(/^ws/, 'http'), livekit.apiKey, livekit.apiSecret),
    ports,
    settings,
    async serve(index, more) {
      const server = await startSyncServer(settings(index, more))
      running.add(server)
      return {
        ...server,
        async close() {
          running.delete(server)
          await server.close()
        },
      }
    },
    async join(room, identity, publish = {}) {
      const bot = await joinBot({ url: livekit.url, apiKey: livekit.apiKey, apiSecret: livekit.apiSecret, room, identity, publish })
      bots.add(bot)
      return bot
    },
    async stop() {
      await Promise.all([...bots].map((bot) => bot.leave()))
      await Promise.all([...running].map((server) => server.close()))
      await livekit.stop()
    },
  }
}

/** A room name that no other test uses. */
export function freshRoom(kind: string): string {
  return `${kind} ${randomUUID().slice(0, 8)}`
}
