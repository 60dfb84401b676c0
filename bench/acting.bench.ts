import { disposeRtc } from '#demo/rtc.ts'
import { startApp } from '../tests/harness/app.ts'
import { connectConsole } from '../tests/harness/console-client.ts'
import { startRedis } from '../tests/harness/redis.ts'
import { startServerProcess } from '../tests/harness/server-process.ts'
import { adminToken, freshRoom, startStack } from '../tests/harness/stack.ts'
import { peers } from '../tests/peers.ts'
import { printComparison, printLimits, spread } from './report.ts'

const MUTES = 150
/** What comes before these counts for neither: the first calls of each compile. */
const WARM_UP = 10
const RETURNS = 40

const now = () => performance.timeOrigin + performance.now()

/**
 * From a click on a row's microphone to LiveKit's own word at the bot, beside a bare call of the SDK in the same run, one after the other; and from a banned bot's own `connected` to
 * its removal, the token being good.
 */
async function run(): Promise<void> {
  if (peers.livekit === null || peers.redis === null || peers.chromium === null)
    throw new Error('it needs livekit-server, redis-server and Chromium')
  const redis = await startRedis(peers.redis)
  const stack = await startStack()
  const server = await startServerProcess(stack.settings(0, { redisUrl: redis.url }))
  const app = await startApp({ kind: 'team', id: 'bench', name: 'Bench', serverUrl: server.url, token: adminToken })
  try {
    await clicks()
    await returns()
  } finally {
    await app.stop()
    await stack.stop()
    await server.kill()
    await redis.stop()
    await disposeRtc()
  }

  async function clicks(): Promise<void> {
    const room = freshRoom('bench')
    const bot = await stack.join(room, 'ana', { microphone: true })
    await app.tile(room).waitFor()
    await app.openRoom(room)
    const row = (audio: string) => app.page.locator(`[data-testid="participant-row"][data-identity="ana"][data-audio="${audio}"]`)
    const button = app.row('ana').locator('[data-testid="mute"]:not([aria-disabled="true"])')
    let tellClick: (at: number) => void = () => undefined
    await app.page.exposeFunction('tellClick', (at: number) => tellClick(at))
    await app.page.evaluate(watchClicks)
    const trackSid = (await stack.api.getParticipant(room, 'ana')).tracks[0]?.sid ?? ''
    const [bare, clicked]: [number[], number[]] = [[], []]
    for (let count = -WARM_UP; count < MUTES; count += 1) {
      for (const how of ['bare', 'click'] as const) {
        await row('on').waitFor()
        await button.waitFor()
        const muted = mutedAt()
        if (how === 'bare') {
          const called = now()
          await stack.api.mutePublishedTrack(room, 'ana', trackSid, true)
          keep(bare, count, (await muted) - called)
        } else {
          const clickedAt = new Promise<number>((resolve) => (tellClick = resolve))
          await press()
          keep(clicked, count, (await muted) - (await clickedAt))
        }
        await row('muted').waitFor()
        bot.unmuteMicrophone()
      }
    }
    printComparison("mute -> the bot's own `muted`", [
      { name: 'a bare call of the SDK', values: bare },
      { name: 'a click on its row', values: clicked },
    ])
    printLimits([{ what: 'p95 of a click, to that of a bare call', value: spread(clicked).p95 / spread(bare).p95, atMost: 2 }])

    /** As a person does: the mouse rests on the button, and the finger takes longer to rise again than the page to draw that it is pressed. */
    async function press(): Promise<void> {
      await button.hover()
      await app.page.mouse.down()
      await app.page.evaluate(twoFrames)
      await app.page.mouse.up()
    }

    function mutedAt(): Promise<number> {
      return new Promise((resolve) => {
        const unsubscribe = bot.onMuted(({ muted }) => {
          if (!muted) return
          unsubscribe()
          resolve(now())
        })
      })
    }
  }

  async function returns(): Promise<void> {
    const room = freshRoom('bench')
    await stack.api.createRoom({ name: room, emptyTimeout: 600, departureTimeout: 600 })
    const client = await connectConsole(server.url)
    await client.until(() => client.rooms.has(room))
    const ban = { actionId: crypto.randomUUID(), type: 'ban', room, identity: 'eve', scope: 'room', until: null, reason: 'bench' } as const
    const banned = await client.ask('act', ban)
    if (!banned.ok) throw new Error(banned.message)
    const removed: number[] = []
    for (let count = 0; count < RETURNS; count += 1) {
      const bot = await stack.join(room, 'eve')
      const gone = await new Promise<number>((resolve) => bot.onDisconnected(() => resolve(now())))
      removed.push(gone - bot.connectedAt)
      await bot.leave()
    }
    client.close()
    printComparison("a banned bot's own `connected` -> ...", [{ name: 'it is removed', values: removed }])
    printLimits([{ what: 'p95 of that, ms', value: spread(removed).p95, atMost: 300 }])
  }
}

function keep(values: number[], count: number, ms: number): void {
  if (count >= 0) values.push(ms)
}

/** In the page: resolves when what has changed is drawn. */
function twoFrames(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()))
  })
}

/** In the page: tells when a click began, as the browser has it. */
function watchClicks(): void {
  const tell = (globalThis as unknown as { tellClick: (at: number) => void }).tellClick
  addEventListener('click', ({ timeStamp }) => tell(performance.timeOrigin + timeStamp), { capture: true })
}

await run()
