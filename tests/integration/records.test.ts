import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { roomSessionsSchema, wholeSessionSchema } from '#shared/contract/http-sessions.ts'
import type { Bot } from '#demo/bot.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { startPostgres, type PostgresPeer } from '../harness/postgres.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

/** How long what happened may take to be in the records, also after the database was away, ms. */
const RECORDED_MS = 20_000

describe.skipIf(peers.livekit === null || peers.postgres === null)('records', () => {
  let redis: RedisPeer | null = null
  let postgres: PostgresPeer
  let stack: Stack
  let url: string

  beforeAll(async () => {
    redis = peers.redis === null ? null : await startRedis(peers.redis)
    postgres = await startPostgres(peers.postgres ?? '')
    // With Redis two instances, both of which write.
    stack = await startStack({ servers: 2 })
    const shared = { database: { kind: 'postgres', url: postgres.url }, redisUrl: redis?.url ?? null } as const
    url = (await stack.serve(0, shared)).url
    if (redis) await stack.serve(1, shared)
  }, 60_000)
  afterAll(async () => {
    await stack.stop()
    await postgres.stop()
    await redis?.stop()
    await disposeRtc()
  })

  async function read(path: string): Promise<unknown> {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${adminToken}` } })
    return response.json()
  }

  async function query<T>(text: string, values: readonly string[] = []): Promise<T[]> {
    const client = new Client(postgres.url)
    await client.connect()
    try {
      return (await client.query(text, [...values])).rows as T[]
    } finally {
      await client.end()
    }
  }

  it('S2.2 S2.6 tell who was in a room when, while it is live and after', async () => {
    const room = freshRoom('recorded')
    const ana = await stack.join(room, 'ana')
    const bo = await stack.join(room, 'bo')
    await bo.leave()
    const back = await stack.join(room, 'bo')
    const sessions = async () => roomSessionsSchema.parse(await read(`/api/rooms/${encodeURIComponent(room)}/sessions`)).sessions
    await expect
      .poll(sessions, { timeout: RECORDED_MS })
      .toMatchObject([{ room, endedAt: null, joins: 3, people: 2, peak: 2, talkMs: null }])
    const [session] = await sessions()
    const whole = async () => wholeSessionSchema.parse(await read(`/api/sessions/${session?.sid}`))
    const { stays } = await whole()
    expect(stays.map(({ sid, reconnects }) => [sid, reconnects])).toEqual([
      [ana.sid, 0],
      [bo.sid, 0],
      [back.sid, 1],
    ])
    expect(stays.map(({ leftAt }) => leftAt === null)).toEqual([true, false, true])
    await stack.api.deleteRoom(room)
    await expect.poll(async () => (await whole()).endedAt, { timeout: RECORDED_MS }).not.toBeNull()
    const ended = await whole()
    expect(ended.stays.every(({ joinedAt, leftAt }) => leftAt !== null && leftAt >= joinedAt)).toBe(true)
    expect(ended.population.at(-1)?.online).toBe(0)
  }, 60_000)

  it('S2.2 no stay is lost or doubled while PostgreSQL is killed and comes back under load', async () => {
    const rooms = [freshRoom('load'), freshRoom('load')]
    const joined: Bot[] = []
    const gone: Bot[] = []
    /** So many join, and half of those who are there leave. */
    async function wave(number: number): Promise<void> {
      const newcomers = await Promise.all(rooms.map((room, index) => stack.join(room, `person ${number} ${index}`)))
      const leavers = joined.filter((bot) => !gone.includes(bot)).filter((_bot, index) => index % 2 === 0)
      joined.push(...newcomers)
      await Promise.all(leavers.map((bot) => bot.leave()))
      gone.push(...leavers)
    }
    for (let number = 0; number < 3; number += 1) await wave(number)
    const third = wave(3)
    await postgres.kill()
    await third
    for (let number = 4; number < 7; number += 1) await wave(number)
    const seventh = wave(7)
    await postgres.start()
    await seventh
    await wave(8)
    const stays = () =>
      query<{ sid: string; left: boolean }>(
        'select sid, left_at is not null as left from participant_sessions where room = $1 or room = $2',
        rooms,
      )
    const goneSids = new Set(gone.map(({ sid }) => sid))
    const expected = joined.map(({ sid }) => `${sid} ${goneSids.has(sid) ? 'left' : 'is there'}`).toSorted()
    await expect
      .poll(async () => (await stays()).map(({ sid, left }) => `${sid} ${left ? 'left' : 'is there'}`).toSorted(), { timeout: RECORDED_MS })
      .toEqual(expected)
    const counts = await query<{ joins: string; online: string }>(
      'select sum(joins) as joins, sum(online) as online from room_sessions where room = $1 or room = $2',
      rooms,
    )
    expect(counts).toEqual([{ joins: String(joined.length), online: String(joined.length - gone.length) }])
    const participants = await query<{ status: string; number: string }>(
      'select status, count(*) as number from participants where room = $1 or room = $2 group by status order by status',
      rooms,
    )
    expect(participants).toEqual([
      { status: 'JOINED', number: String(joined.length - gone.length) },
      { status: 'LEFT', number: String(gone.length) },
    ])
  }, 90_000)
})
