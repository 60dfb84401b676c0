import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { access, constants } from 'node:fs/promises'
import { Emitter, type Unsubscribe } from '#shared/lib/emitter.ts'
import { freeTcpPort, freeUdpPort, tcpPortIsFree } from './free-port.ts'

/** A livekit-server that this process runs. `url` is `ws://127.0.0.1:PORT`; its API is the same address with `http:`. */
export type LivekitProcess = {
  readonly url: string
  readonly apiKey: string
  readonly apiSecret: string
  /** Called once when it ended, whoever ended it. */
  readonly onExit: (listener: () => void) => Unsubscribe
  /** Ends it at once; resolves when it's gone. */
  readonly stop: () => Promise<void>
}

export type LivekitPorts = { readonly http: number; readonly udp: number }

export type LivekitOptions = {
  readonly binary: string
  readonly webhookUrls: readonly string[]
  /** Left out: a name and a random secret. LiveKit wants 32 characters or more. */
  readonly apiKey?: string
  readonly apiSecret?: string
  /** Left out: free ones. */
  readonly ports?: LivekitPorts
  /** More of LiveKit's settings, as its configuration file names them; those of `rtc` win over the ones here. */
  readonly room?: Readonly<Record<string, unknown>>
  readonly rtc?: Readonly<Record<string, unknown>>
  readonly turn?: Readonly<Record<string, unknown>>
}

const START_TIMEOUT_MS = 10_000
const POLL_MS = 50

/**
 * Runs the server so that it can't outlive this process, not even one that is killed: the watcher waits for the pipe on descriptor 3,
 * which closes with this process, and then kills the server.
 */
const WATCHED = '"$0" 3<&- & server=$!; (read -r _ <&3; kill -9 $server) & watcher=$!; wait $server; code=$?; kill $watcher; exit $code'

function spawnServer(binary: string, configuration: string): ChildProcess {
  const env = { ...process.env, LIVEKIT_CONFIG: configuration }
  if (process.platform === 'win32') return spawn(binary, { env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
  return spawn('/bin/sh', ['-c', WATCHED, binary], { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
}

function endServer(child: ChildProcess): void {
  const life = child.stdio[3]
  // Without rooms to save there is nothing to wait for, and asked kindly livekit-server waits until everybody has left.
  if (life) life.destroy()
  else child.kill('SIGKILL')
}

/** What LiveKit said before it ended, as one line: the cause comes last. */
function explain(output: string, ports: LivekitPorts): string {
  if (output.includes('address already in use')) return `one of its ports is in use (${ports.http}, UDP ${ports.udp})`
  const line = output
    .split('\n')
    .map((text) => text.trim())
    .findLast((text) => text !== '')
  return line === undefined ? 'it ended without a word' : line.slice(0, 300)
}

async function answers(address: string): Promise<boolean> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(1000) })
    await response.body?.cancel()
    return true
  } catch {
    return false
  }
}

/** Whoever else listens on our port would answer in LiveKit's place, so that is found out before. */
async function choosePorts(wanted: LivekitPorts | undefined): Promise<LivekitPorts> {
  if (wanted === undefined) return { http: await freeTcpPort(), udp: await freeUdpPort() }
  if (!(await tcpPortIsFree(wanted.http))) throw new Error(`livekit-server can't start: port ${wanted.http} is in use`)
  return wanted
}

async function assertRunnable(binary: string): Promise<void> {
  await access(binary, constants.X_OK).catch(() => {
    throw new Error(`livekit-server can't start: ${binary} is missing or can't be run`)
  })
}

/** Starts livekit-server on the loopback interface and resolves when its API answers. Rejects with one plain line when it can't start. */
export async function startLivekitServer(options: LivekitOptions): Promise<LivekitProcess> {
  await assertRunnable(options.binary)
  const ports = await choosePorts(options.ports)
  const apiKey = options.apiKey ?? 'demo'
  const apiSecret = options.apiSecret ?? randomBytes(32).toString('hex')
  // JSON is YAML, too.
  const configuration = JSON.stringify({
    port: ports.http,
    bind_addresses: ['127.0.0.1'],
    rtc: {
      // ICE over TCP would listen on every interface, whatever bind_addresses says.
      tcp_port: 0,
      udp_port: ports.udp,
      use_external_ip: false,
      node_ip: '127.0.0.1',
      interfaces: { includes: [process.platform === 'darwin' ? 'lo0' : 'lo'] },
      enable_loopback_candidate: true,
      ...options.rtc,
    },
    keys: { [apiKey]: apiSecret },
    webhook: { api_key: apiKey, urls: options.webhookUrls },
    logging: { level: 'error' },
    ...(options.room === undefined ? {} : { room: options.room }),
    ...(options.turn === undefined ? {} : { turn: options.turn }),
  })

  const child = spawnServer(options.binary, configuration)
  const exits = new Emitter<void>()
  let output = ''
  let ended = false
  const gone = new Promise<void>((resolve) => {
    const end = (why: string) => {
      if (ended) return
      ended = true
      output += why
      process.removeListener('exit', kill)
      exits.emit()
      resolve()
    }
    child.once('error', (error) => end(`\n${error.message}`))
    child.once('exit', () => end(''))
  })
  const kill = () => endServer(child)
  process.once('exit', kill)
  const keepTail = (text: Buffer) => {
    output = (output + text.toString()).slice(-4000)
  }
  child.stdout?.on('data', keepTail)
  child.stderr?.on('data', keepTail)
  const stop = async () => {
    if (!ended) kill()
    await gone
  }

  const address = `http://127.0.0.1:${ports.http}/`
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!ended && !(await answers(address))) {
    if (Date.now() > deadline) {
      await stop()
      throw new Error(`livekit-server (${options.binary}) did not answer within ${START_TIMEOUT_MS / 1000} s`)
    }
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, POLL_MS))])
  }
  if (ended) throw new Error(`livekit-server (${options.binary}) can't start: ${explain(output, ports)}`)

  return {
    url: `ws://127.0.0.1:${ports.http}`,
    apiKey,
    apiSecret,
    onExit: (listener) => exits.subscribe(listener),
    stop,
  }
}
