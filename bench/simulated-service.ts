import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freeTcpPort } from '#demo/free-port.ts'
import { startSimulator, type Simulator } from '#demo/simulator/simulator.ts'
import { startRedis } from '../tests/harness/redis.ts'
import { spawnServer } from '../tests/harness/server-process.ts'
import { peers } from '../tests/peers.ts'
import { startCountingProxy, type CountingProxy } from './counting-proxy.ts'
import { countCommands, type CommandCount } from './redis-commands.ts'

/** One sync server in a process of its own, on a real Redis, beside the demo's simulated LiveKit, whose webhooks reach it. */
export type SimulatedService = {
  readonly url: string
  readonly token: string
  readonly livekit: Simulator
  readonly calls: CountingProxy
  readonly commands: CommandCount
  readonly stop: () => Promise<void>
}

/** `environment`: what the server is told besides. */
export async function startSimulatedService(environment: Readonly<Record<string, string>> = {}): Promise<SimulatedService> {
  if (peers.redis === null) throw new Error('it needs redis-server')
  const token = 'an-admin-token-of-the-bench'
  const port = await freeTcpPort()
  const folder = await mkdtemp(join(tmpdir(), 'usher-bench-'))
  const redis = await startRedis(peers.redis)
  const livekit = await startSimulator({ webhookUrls: [`http://127.0.0.1:${port}/api/livekit-webhook`] })
  const calls = await startCountingProxy(livekit.url)
  const server = await spawnServer({
    PORT: String(port),
    LIVEKIT_HOST: calls.url,
    LIVEKIT_API_KEY: livekit.apiKey,
    LIVEKIT_API_SECRET: livekit.apiSecret,
    REDIS_URL: redis.url,
    USHER_ADMIN_TOKEN: token,
    USHER_DATA_DIR: folder,
    LOG_LEVEL: 'warn',
    // What observers ask of Redis is outside the budget (S3.4), and would be counted here.
    OBSERVE_ROOMS: '0',
    ...environment,
  })
  if (!('kill' in server)) throw new Error(`the server did not start: ${server.output}`)
  const commands = await countCommands(redis.url)
  return {
    url: server.url,
    token,
    livekit,
    calls,
    commands,
    async stop() {
      commands.close()
      await server.kill()
      calls.close()
      await livekit.stop()
      await redis.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
