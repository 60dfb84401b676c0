import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Permissions } from '#shared/domain/participant.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { toParticipantFacts } from '#server/livekit/facts.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const PEOPLE = 50
const CONSOLES = 5
const CHANGES = 500

/** One thing that an operator may change, at random. */
function randomChange(): Partial<Permissions> {
  const yes = Math.random() < 0.5
  const all = ['microphone', 'camera', 'screen_share', 'screen_share_audio'] as const
  const changes: readonly Partial<Permissions>[] = [
    { canSubscribe: yes },
    { canPublishData: yes },
    { canUpdateMetadata: yes },
    { canPublish: yes },
    { canPublishSources: all.filter(() => Math.random() < 0.5) },
  ]
  return changes[Math.floor(Math.random() * changes.length)] ?? {}
}

describe.skipIf(peers.livekit === null || peers.redis === null)('S2.4 many operators who change the same people', () => {
  let redis: RedisPeer
  let stack: Stack
  let consoles: ConsoleClient[]
  const room = freshRoom('many hands')
  const people = Array.from({ length: PEOPLE }, (_, index) => `person ${index}`)

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    stack = await startStack({ servers: 1 })
    const server = await stack.serve(0, { redisUrl: redis.url })
    for (let from = 0; from < PEOPLE; from += 10)
      await Promise.all(people.slice(from, from + 10).map((identity) => stack.join(room, identity)))
    consoles = await Promise.all(Array.from({ length: CONSOLES }, () => connectConsole(server.url)))
    await Promise.all(consoles.map((each) => each.open(room)))
    await Promise.all(consoles.map((each) => each.until(() => each.participants.size === PEOPLE)))
  }, 120_000)
  afterAll(async () => {
    for (const each of consoles) each.close()
    await stack.stop()
    await redis.stop()
    await disposeRtc()
  })

  it('all end with what LiveKit says', { timeout: 120_000 }, async () => {
    const failed: unknown[] = []
    await Promise.all(
      consoles.map(async (each) => {
        for (let change = 0; change < CHANGES / CONSOLES; change += 1) {
          const identity = people[Math.floor(Math.random() * PEOPLE)] ?? ''
          const action = { actionId: crypto.randomUUID(), type: 'set_permissions', room, identity, permissions: randomChange() } as const
          const result = await each.ask('act', action)
          if (!result.ok || result.targets.some(({ ok }) => !ok)) failed.push(result)
        }
      }),
    )
    expect(failed).toEqual([])
    const listed = new Map((await stack.api.listParticipants(room)).map((info) => [info.identity, toParticipantFacts(info).permissions]))
    expect(listed.size).toBe(PEOPLE)
    const isEqual = (each: ConsoleClient) =>
      [...each.participants.values()].every(
        ({ identity, permissions }) => JSON.stringify(permissions) === JSON.stringify(listed.get(identity)),
      )
    await Promise.all(consoles.map((each) => each.until(() => isEqual(each))))
  })

  it('lose nothing of what each of them changed at the same moment', { timeout: 60_000 }, async () => {
    const fields = ['canSubscribe', 'canPublishData', 'canUpdateMetadata', 'canPublish'] as const
    for (const identity of people.slice(0, 10)) {
      const before = consoles[0]?.participants.get(identity)?.permissions
      const wanted = fields.map((field) => [field, before?.[field] !== true] as const)
      await Promise.all(
        wanted.map(async ([field, value], index) => {
          const permissions = { [field]: value }
          await consoles[index]?.ask('act', { actionId: crypto.randomUUID(), type: 'set_permissions', room, identity, permissions })
        }),
      )
      const info = await stack.api.getParticipant(room, identity)
      expect(toParticipantFacts(info).permissions).toMatchObject(Object.fromEntries(wanted))
    }
  })
})
