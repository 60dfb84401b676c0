import { freeTcpPort } from '#demo/free-port.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { startApp } from '../tests/harness/app.ts'
import { connectConsole } from '../tests/harness/console-client.ts'
import { startRedis } from '../tests/harness/redis.ts'
import { startServerProcess } from '../tests/harness/server-process.ts'
import { adminToken, freshRoom, startStack } from '../tests/harness/stack.ts'
import { peers } from '../tests/peers.ts'
import { startBareReceiver } from './bare-receiver.ts'
import { printComparison } from './report.ts'

const JOINS = 50
const ROOMS = 300

const now = () => performance.timeOrigin + performance.now()

/** Waits for a name to be told, and says when. */
function createTimes() {
  const times = new Map<string, number>()
  const waiting = new Map<string, (at: number) => void>()
  return {
    tell(name: string, at: number) {
      if (times.has(name)) return
      times.set(name, at)
      waiting.get(name)?.(at)
    },
    of: (name: string) => new Promise<number>((resolve) => (times.has(name) ? resolve(times.get(name) ?? 0) : waiting.set(name, resolve))),
  }
}

/**
 * From a bot's own `connected` to its row in the browser's DOM, and from LiveKit's API call to the event on a console's socket;
 * beside both, in the same run, a bare webhook receiver that LiveKit calls as well.
 */
async function run(): Promise<void> {
  if (peers.livekit === null || peers.redis === null || peers.chromium === null)
    throw new Error('it needs livekit-server, redis-server and Chromium')
  const bare = createTimes()
  const barePort = await freeTcpPort()
  const redis = await startRedis(peers.redis)
  const stack = await startStack({ alsoTo: [`http://127.0.0.1:${barePort}/`] })
  const receiver = await startBareReceiver(barePort, stack.livekit.apiKey, stack.livekit.apiSecret, (event, at) => {
    if (event.event === 'participant_joined') bare.tell(event.participant?.identity ?? '', at)
    if (event.event === 'room_started') bare.tell(event.room?.name ?? '', at)
  })
  const server = await startServerProcess(stack.settings(0, { redisUrl: redis.url }))
  const app = await startApp({ kind: 'team', id: 'bench', name: 'Bench', serverUrl: server.url, token: adminToken })
  try {
    await joinsToDom()
    await roomsToSocket()
  } finally {
    await app.stop()
    await stack.stop()
    await server.kill()
    receiver.close()
    await redis.stop()
    await disposeRtc()
  }

  async function joinsToDom(): Promise<void> {
    const room = freshRoom('bench')
    const dom = createTimes()
    await stack.api.createRoom({ name: room, emptyTimeout: 600, departureTimeout: 600 })
    await app.tile(room).waitFor()
    await app.openRoom(room)
    await app.page.exposeFunction('tellRow', (identity: string, at: number) => dom.tell(identity, at))
    await app.page.evaluate(watchRows)
    const [toBare, toDom, fromConnected]: [number[], number[], number[]] = [[], [], []]
    for (let join = 0; join < JOINS; join += 1) {
      const identity = `bot-${join}`
      const called = now()
      const bot = await stack.join(room, identity)
      const shown = await dom.of(identity)
      toBare.push((await bare.of(identity)) - called)
      toDom.push(shown - called)
      fromConnected.push(shown - bot.connectedAt)
      await bot.leave()
    }
    printComparison("a bot's own `connected` -> ...", [{ name: "its row in the browser's DOM", values: fromConnected }])
    printComparison('a bot begins to join -> ...', [
      { name: 'a bare webhook receiver', values: toBare },
      { name: "its row in the browser's DOM", values: toDom },
    ])
  }

  async function roomsToSocket(): Promise<void> {
    const client = await connectConsole(server.url)
    const [toBare, toSocket]: [number[], number[]] = [[], []]
    for (let count = 0; count < ROOMS; count += 1) {
      const room = freshRoom(`bench ${count}`)
      const called = now()
      await stack.api.createRoom({ name: room, emptyTimeout: 600 })
      const [atBare] = await Promise.all([
        bare.of(room),
        client.until(() => client.feed.at(-1)?.data.room?.name === room).then(() => toSocket.push(now() - called)),
      ])
      toBare.push(atBare - called)
    }
    client.close()
    printComparison('CreateRoom called -> ...', [
      { name: 'a bare webhook receiver', values: toBare },
      { name: "room_started on a console's socket", values: toSocket },
    ])
  }
}

/** In the page: tells when a row came into the DOM. */
function watchRows(): void {
  const tell = (globalThis as unknown as { tellRow: (identity: string, at: number) => void }).tellRow
  new MutationObserver((records) => {
    const at = performance.timeOrigin + performance.now()
    for (const { addedNodes } of records) {
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue
        const row = node.closest('[data-identity]') ?? node.querySelector('[data-identity]')
        const identity = row?.getAttribute('data-identity')
        if (identity) tell(identity, at)
      }
    }
  }).observe(document.body, { childList: true, subtree: true })
}

await run()
