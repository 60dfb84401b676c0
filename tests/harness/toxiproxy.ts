import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { Toxiproxy, type Proxy } from 'toxiproxy-node-client'
import { freeTcpPort } from '#demo/free-port.ts'

/** A real toxiproxy on loopback: what goes through one of its proxies can be made slow, be broken, or be lost. */
export type ToxiproxyPeer = {
  /** A proxy of its own in front of a port of loopback. */
  readonly proxy: (upstreamPort: number) => Promise<ToxicProxy>
  readonly stop: () => Promise<void>
}

export type ToxicProxy = {
  readonly port: number
  /** Ends every connection, and refuses new ones until `restore`. */
  readonly cut: () => Promise<void>
  readonly restore: () => Promise<void>
  /** Holds each chunk for `ms`, give or take `jitter`, both ways: a round trip takes twice that. */
  readonly addLatency: (ms: number, jitter?: number) => Promise<void>
  /** From now on until `clear`, a connection breaks at the first byte that its client sends; one that was open and is silent stays. */
  readonly resetPeers: () => Promise<void>
  /** Takes latency and resets back; a cut stays. */
  readonly clear: () => Promise<void>
}

const START_TIMEOUT_MS = 10_000
const POLL_MS = 20

export async function startToxiproxy(binary: string): Promise<ToxiproxyPeer> {
  const port = await freeTcpPort()
  const child = spawn(binary, ['-host', '127.0.0.1', '-port', String(port)], {
    env: { ...process.env, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => resolve())
  })
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  void ended.then(() => process.off('exit', killWithUs))

  const api = new Toxiproxy(`http://127.0.0.1:${port}`)
  const deadline = performance.now() + START_TIMEOUT_MS
  // It tells that it listens before it does.
  while (!(await answers(api))) {
    if (performance.now() > deadline || child.exitCode !== null) throw new Error(`toxiproxy (${binary}) did not answer on port ${port}`)
    await delay(POLL_MS)
  }
  let count = 0
  return {
    async proxy(upstreamPort) {
      count += 1
      const created = await api.createProxy({ name: `proxy-${count}`, listen: '127.0.0.1:0', upstream: `127.0.0.1:${upstreamPort}` })
      return toxicProxy(created)
    },
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function toxicProxy(proxy: Proxy): ToxicProxy {
  const toxics: { readonly remove: () => Promise<void> }[] = []
  const enable = async (enabled: boolean) => {
    await proxy.update({ enabled, listen: proxy.listen, upstream: proxy.upstream })
  }
  async function add(type: 'latency' | 'reset_peer', stream: 'upstream' | 'downstream', attributes: object): Promise<void> {
    toxics.push(await proxy.addToxic({ name: `toxic-${toxics.length}`, type, stream, toxicity: 1, attributes }))
  }
  return {
    port: Number(new URL(`tcp://${proxy.listen}`).port),
    cut: () => enable(false),
    restore: () => enable(true),
    async addLatency(ms, jitter = 0) {
      await add('latency', 'upstream', { latency: ms, jitter })
      await add('latency', 'downstream', { latency: ms, jitter })
    },
    resetPeers: () => add('reset_peer', 'upstream', { timeout: 0 }),
    async clear() {
      for (const toxic of toxics.splice(0).toReversed()) await toxic.remove()
    },
  }
}

async function answers(api: Toxiproxy): Promise<boolean> {
  return api.getVersion().then(
    () => true,
    () => false,
  )
}
