import type { Bot } from '#demo/bot.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { createLivekitObserver } from '#server/observers/signal/livekit-observer.ts'
import { openMediaLink } from '#server/observers/signal/media-link.ts'
import { signObserveToken } from '#server/tokens/observe-token.ts'
import { startApp } from '../tests/harness/app.ts'
import { connectConsole, type ConsoleClient } from '../tests/harness/console-client.ts'
import { startServerProcess } from '../tests/harness/server-process.ts'
import { adminToken, startStack, type Stack } from '../tests/harness/stack.ts'
import { peers } from '../tests/peers.ts'
import { printComparison, printLimits, spread } from './report.ts'

const ROOMS = 20
const ROUNDS = 3

const rooms = Array.from({ length: ROOMS }, (_, index) => `room ${index}`)
const now = () => performance.timeOrigin + performance.now()

/**
 * How soon a console sees what happens in 20 rooms of a LiveKit that sends no webhook at all and that no sweep reads again: only observers tell. From the bot's own
 * call to the wall or the feed of a console's socket; speaking to the tile in the browser's DOM, beside a bare observer in the same rooms, for LiveKit itself
 * takes most of the time.
 */
async function run(): Promise<void> {
  if (peers.livekit === null || peers.chromium === null) throw new Error('it needs livekit-server and Chromium')
  const stack = await startStack({ webhooksTo: [] })
  for (const room of rooms) await stack.join(room, 'resident', { microphone: true })
  const server = await startServerProcess(stack.settings(0, { syncIntervalMs: 86_400_000, observeRooms: ROOMS }))
  const client = await connectConsole(server.url)
  const app = await startApp({ kind: 'team', id: 'bench', name: 'Bench', serverUrl: server.url, token: adminToken })
  try {
    await client.until(() => rooms.every((room) => client.rooms.get(room)?.worstQuality !== null && client.rooms.has(room)))
    const times = { joined: [], published: [], muted: [], left: [], removed: [] } satisfies Record<string, number[]>
    for (let round = 0; round < ROUNDS; round += 1) for (const room of rooms) await visit(stack, client, room, `guest ${round}`, times)
    const spoken = await speak()
    printComparison('without a webhook: from what happens to the wall', [
      { name: "a bot's own `connected` -> online", values: times.joined },
      { name: 'its microphone is published -> online', values: times.published },
      { name: 'it leaves -> online', values: times.left },
      { name: 'it is removed -> online', values: times.removed },
      { name: 'it mutes itself -> track_muted in the feed', values: times.muted },
    ])
    printComparison('a bot begins to speak -> ...', [
      { name: 'LiveKit tells a bare observer', values: spoken.bare },
      { name: "the wall on a console's socket", values: spoken.socket },
      { name: "its tile in the browser's DOM", values: spoken.tile },
    ])
    printLimits([
      { what: 'join to wall, from `connected`, p95, ms', value: spread(times.joined).p95, atMost: 300 },
      { what: 'leave to wall, p95, ms', value: spread(times.left).p95, atMost: 300 },
      { what: 'removal to wall, p95, ms', value: spread(times.removed).p95, atMost: 300 },
      { what: 'mute to feed, p95, ms', value: spread(times.muted).p95, atMost: 200 },
      { what: 'speaking to tile, p95, ms', value: spread(spoken.tile).p95, atMost: 1000 },
    ])
  } finally {
    client.close()
    await app.stop()
    await stack.stop()
    await server.kill()
    await disposeRtc()
  }

  async function speak(): Promise<{ readonly bare: number[]; readonly socket: number[]; readonly tile: number[] }> {
    const [bare, socket, tile]: [number[], number[], number[]] = [[], [], []]
    const people: Bot[] = []
    for (const room of rooms) people.push(await stack.join(room, 'speaker', { microphone: true }))
    const shown = new Map<string, (at: number) => void>()
    const heard = new Map<string, (at: number) => void>()
    const observers = await Promise.all(rooms.map((room) => listen(stack, room, () => heard.get(room)?.(now()))))
    await app.page.exposeFunction('tellTile', (room: string, at: number) => shown.get(room)?.(at))
    await app.page.evaluate(watchTiles)
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, room] of rooms.entries()) {
        const inDom = new Promise<number>((resolve) => shown.set(room, resolve))
        const atBare = new Promise<number>((resolve) => heard.set(room, resolve))
        const began = now()
        people[index]?.startSpeaking()
        await client.until(() => (client.rooms.get(room)?.speaking.length ?? 0) > 0)
        socket.push(now() - began)
        tile.push((await inDom) - began)
        bare.push((await atBare) - began)
        people[index]?.stopSpeaking()
        await client.until(() => client.rooms.get(room)?.speaking.length === 0)
      }
    }
    for (const leave of observers) leave()
    return { bare, socket, tile }
  }
}

type Times = Record<'joined' | 'published' | 'muted' | 'left' | 'removed', number[]>

/** One guest joins, mutes itself, and leaves; another one is removed. */
async function visit(stack: Stack, client: ConsoleClient, room: string, who: string, times: Times): Promise<void> {
  const online = () => client.rooms.get(room)?.online
  const joins = async (identity: string) => {
    const seen = client.until(() => online() === 2).then(now)
    const bot = await stack.join(room, identity, { microphone: true })
    const published = now()
    const at = await seen
    times.joined.push(at - bot.connectedAt)
    times.published.push(Math.max(0, at - published))
    return bot
  }
  const guest = await joins(who)
  const muted = now()
  guest.muteMicrophone()
  await client.until(() => client.feed.some(({ type, data }) => type === 'track_muted' && data.participant?.sid === guest.sid))
  times.muted.push(now() - muted)
  const left = now()
  void guest.leave()
  await client.until(() => online() === 1)
  times.left.push(now() - left)
  await joins(`${who}, unwanted`)
  const removed = now()
  await stack.api.removeParticipant(room, `${who}, unwanted`)
  await client.until(() => online() === 1)
  times.removed.push(now() - removed)
}

/** A bare observer, which tells when somebody begins to speak or goes on. Answers how to stop it. */
async function listen({ livekit, api }: Stack, room: string, onSpeaking: () => void): Promise<() => void> {
  const keys = [{ key: livekit.apiKey, secret: livekit.apiSecret }]
  const signToken = (name: string) => signObserveToken(keys, name, 'usher-observer-bare')
  const observe = createLivekitObserver({ host: livekit.url, signToken, openMediaLink, onMedia: () => undefined })
  const sid = (await api.listRooms([room]))[0]?.sid ?? ''
  return new Promise((resolve) => {
    const leave = observe({ room, sid }, (sighting) => {
      if (sighting.type === 'joined') resolve(leave)
      if (sighting.type === 'speakers' && sighting.speakers.some(({ level }) => level > 0)) onSpeaking()
    })
  })
}

/** In the page: tells when a tile shows somebody speaking. */
function watchTiles(): void {
  const tell = (globalThis as unknown as { tellTile: (room: string, at: number) => void }).tellTile
  new MutationObserver(() => {
    const at = performance.timeOrigin + performance.now()
    for (const mark of document.querySelectorAll('[data-testid="tile-speakers"]')) {
      const room = mark.closest('[data-room]')?.getAttribute('data-room')
      if (room) tell(room, at)
    }
  }).observe(document.body, { childList: true, subtree: true })
}

await run()
