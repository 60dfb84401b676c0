import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { TokenVerifier } from 'livekit-server-sdk'
import { mintBotToken } from '#demo/bot-token.ts'
import { joinBot, type Bot } from '#demo/bot.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { matchPushes, type MatchFound } from '#shared/contract/socket-match.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { startServerProcess } from '../harness/server-process.ts'
import { recordSocket, type SocketRecorder } from '../harness/socket-recorder.ts'
import { adminToken, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

/** An app's user on one connection. */
type AppUser = SocketRecorder & {
  readonly username: string
  readonly join: () => Promise<unknown>
  readonly leave: () => Promise<unknown>
  /** Resolves to the match it was told of last, once it is that many. */
  readonly found: (times?: number) => Promise<MatchFound>
  readonly left: (room: string) => Promise<void>
}

describe.skipIf(peers.livekit === null || peers.redis === null)('matchmaking over two instances', () => {
  let redis: RedisPeer
  let stack: Stack
  let urls: readonly [string, string]
  const cleanUps: (() => unknown)[] = []

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    stack = await startStack({ servers: 3 })
    const [here, there] = [await stack.serve(0, { redisUrl: redis.url }), await stack.serve(1, { redisUrl: redis.url })]
    urls = [here.url, there.url]
  })
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
    await expect.poll(counts).toMatchObject({ activeMatchesCount: 0, queueLength: 0 })
  }, 60_000)
  afterAll(async () => {
    await stack.stop()
    await redis.stop()
    await disposeRtc()
  })

  async function counts(): Promise<unknown> {
    const response = await fetch(`${urls[1]}/api/check-match`, { headers: { authorization: `Bearer ${adminToken}` } })
    return response.json()
  }
  function tokenFor(identity: string): Promise<string> {
    return mintBotToken({ apiKey: stack.livekit.apiKey, apiSecret: stack.livekit.apiSecret, room: 'home', identity })
  }
  async function user(url: string, username: string): Promise<AppUser> {
    const socket = await recordSocket(url, await tokenFor(username))
    const found = () => socket.payloads('match_found').map((payload) => matchPushes.match_found.parse(payload))
    const leave = () => socket.ask('leave_queue', { username })
    cleanUps.push(async () => {
      await leave().catch(() => undefined)
      socket.close()
    })
    return {
      ...socket,
      username,
      join: () => socket.ask('join_queue', { username }),
      leave,
      async found(times = 1) {
        await socket.until(() => found().length >= times)
        const last = found().at(-1)
        if (!last) throw new Error('nothing was found')
        return last
      },
      left: (room) =>
        socket.until(() => socket.payloads('partner_left').some((payload) => matchPushes.partner_left.parse(payload).room === room)),
    }
  }
  /** Goes into a match's room over real WebRTC with nothing but what it was given. */
  async function enter(username: string, { room, token, url }: MatchFound): Promise<Bot> {
    const bot = await joinBot({ url, token, room, identity: username, apiKey: '', apiSecret: '', publish: {} })
    cleanUps.push(bot.leave)
    return bot
  }
  async function present(room: string): Promise<string[]> {
    const participants = await stack.api.listParticipants(room)
    return participants.map(({ identity }) => identity).toSorted()
  }

  it('S0.6 two users at two instances are paired, and both join the room with the token they get', async () => {
    const [ana, bo] = [await user(urls[0], 'ana'), await user(urls[1], 'bo')]
    expect(await ana.join()).toEqual({ ok: true, position: 1 })
    expect(await bo.join()).toEqual({ ok: true, position: 0 })
    const [hers, his] = [await ana.found(), await bo.found()]
    expect([hers.room, hers.partner, his.partner]).toEqual([his.room, 'bo', 'ana'])
    const claims = await new TokenVerifier(stack.livekit.apiKey, stack.livekit.apiSecret).verify(hers.token)
    expect(claims).toMatchObject({ sub: 'ana', video: { roomJoin: true, room: hers.room } })
    await Promise.all([enter('ana', hers), enter('bo', his)])
    await expect.poll(() => present(hers.room)).toEqual(['ana', 'bo'])
    expect(await counts()).toMatchObject({ activeMatchesCount: 1, queueLength: 0 })
    await ana.leave()
    await bo.left(hers.room)
    expect(ana.payloads('partner_left')).toEqual([])
    expect(await bo.join()).toEqual({ ok: true, position: 1 })
  })

  it('S0.6 who leaves the LiveKit room and does not come back leaves the other behind', async () => {
    const [ana, bo] = [await user(urls[0], 'ana'), await user(urls[1], 'bo')]
    await ana.join()
    await bo.join()
    const [hers, his] = [await ana.found(), await bo.found()]
    const [leaver] = await Promise.all([enter('ana', hers), enter('bo', his)])
    await expect.poll(() => present(hers.room)).toEqual(['ana', 'bo'])
    const from = performance.now()
    await leaver.leave()
    await bo.left(hers.room)
    expect(performance.now() - from).toBeGreaterThan(9000)
    expect(performance.now() - from).toBeLessThan(15_000)
  })

  it('S0.6 an instance that is killed: who was matched finds the match at the other one, who was paired with the dead is left behind', async () => {
    const doomed = await startServerProcess(stack.settings(2, { redisUrl: redis.url }))
    cleanUps.push(doomed.kill)
    const [ana, bo] = [await user(doomed.url, 'ana'), await user(urls[1], 'bo')]
    await ana.join()
    await bo.join()
    const [hers, his] = [await ana.found(), await bo.found()]
    const ghost = await user(doomed.url, 'di')
    await ghost.join()
    await doomed.kill()
    const back = await user(urls[0], 'ana')
    expect(await back.join()).toEqual({ ok: true, position: 0 })
    const again = await back.found()
    expect([again.room, again.partner]).toEqual([hers.room, 'bo'])
    await Promise.all([enter('ana', again), enter('bo', his)])
    await expect.poll(() => present(hers.room)).toEqual(['ana', 'bo'])
    // Somebody who waited there may still be drawn; the lease ends that.
    const eve = await user(urls[1], 'eve')
    expect(await eve.join()).toEqual({ ok: true, position: 0 })
    const lonely = await eve.found()
    expect(lonely.partner).toBe('di')
    await eve.left(lonely.room)
    expect(await eve.join()).toEqual({ ok: true, position: 1 })
    const fay = await user(urls[0], 'fay')
    await fay.join()
    expect((await eve.found(2)).partner).toBe('fay')
    expect(bo.payloads('partner_left')).toEqual([])
    expect(await counts()).toMatchObject({ activeMatchesCount: 2, queueLength: 0 })
  }, 90_000)

  it('S0.6 an app’s user may queue as themself, and nothing else; others may not queue', async () => {
    const ana = await user(urls[0], 'ana')
    expect(await ana.ask('join_queue', { username: 'bo' })).toMatchObject({ ok: false, code: 'forbidden' })
    expect(await ana.ask('join_queue', {})).toMatchObject({ ok: false, code: 'invalid' })
    for (const name of ['subscribe_rooms', 'subscribe_room', 'subscribe_feed', 'act', 'looking', 'no_such_event', '__proto__']) {
      expect(await ana.ask(name, { room: 'lobby' })).toMatchObject({ ok: false, code: 'forbidden' })
    }
    expect(ana.heard).toEqual([])
    const operator = await recordSocket(urls[0], adminToken)
    cleanUps.push(operator.close)
    expect(await operator.ask('join_queue', { username: 'moderator on shift' })).toMatchObject({ ok: false, code: 'forbidden' })
    const foreign = await mintBotToken({ apiKey: stack.livekit.apiKey, apiSecret: 'x'.repeat(32), room: 'home', identity: 'ana' })
    await expect(recordSocket(urls[0], foreign)).rejects.toMatchObject({ data: { code: 'unauthorized' } })
  })

  it('S0.6 who asks without end is told to slow down', async () => {
    const gus = await user(urls[0], 'gus')
    const answers = await Promise.all(Array.from({ length: 30 }, () => gus.join()))
    expect(answers.filter((answer) => JSON.stringify(answer).includes('rate_limited'))).toHaveLength(10)
    gus.close()
  })
})

describe.skipIf(peers.livekit === null || peers.redis === null)('matchmaking while Redis is killed', () => {
  it('S0.6 a pair and who waits are taken up again by a Redis that comes back empty', async () => {
    const redis = await startRedis(peers.redis ?? '')
    const stack = await startStack({ servers: 2 })
    const { url } = await stack.serve(0, { redisUrl: redis.url })
    const other = await stack.serve(1, { redisUrl: redis.url })
    const sockets: SocketRecorder[] = []
    async function join(at: string, username: string): Promise<{ socket: SocketRecorder; answer: unknown }> {
      const { apiKey, apiSecret } = stack.livekit
      const socket = await recordSocket(at, await mintBotToken({ apiKey, apiSecret, room: 'home', identity: username }))
      sockets.push(socket)
      return { socket, answer: await socket.ask('join_queue', { username }) }
    }
    try {
      const [ana, bo, cy] = [await join(url, 'ana'), await join(other.url, 'bo'), await join(other.url, 'cy')]
      await bo.socket.until(() => bo.socket.payloads('match_found').length > 0)
      await redis.kill()
      expect((await join(url, 'di')).answer).toMatchObject({ ok: false, code: 'unavailable' })
      await redis.start()
      const counts = async (): Promise<unknown> => {
        const response = await fetch(`${url}/api/check-match`, { headers: { authorization: `Bearer ${adminToken}` } })
        return response.json()
      }
      await expect.poll(counts, { timeout: 20_000 }).toMatchObject({ activeMatchesCount: 1, queueLength: 1 })
      const di = await join(url, 'di')
      expect(di.answer).toEqual({ ok: true, position: 0 })
      await cy.socket.until(() => cy.socket.payloads('match_found').length > 0)
      for (const { socket } of [ana, bo])
        expect([socket.payloads('match_found').length, socket.payloads('partner_left').length]).toEqual([1, 0])
    } finally {
      for (const socket of sockets) socket.close()
      await stack.stop()
      await redis.stop()
    }
  })
})
