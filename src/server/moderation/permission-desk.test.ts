import { setTimeout as delay } from 'node:timers/promises'
import { ParticipantInfo, ParticipantPermission } from '@livekit/protocol'
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { fail, succeed } from '#shared/domain/failure.ts'
import type { Permissions } from '#shared/domain/participant.ts'
import { toParticipantFacts, withPermissions } from '#server/livekit/facts.ts'
import { openRedisLink, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { startRedis, type RedisPeer } from '../../../tests/harness/redis.ts'
import { peers } from '../../../tests/peers.ts'
import { createPermissionDesk } from './change-permissions.ts'
import type { PermissionDesk } from './permission-desk.ts'
import { createRedisPersonLease, noLease } from './person-lease.ts'
import { sampleFacts } from './testing/lab.ts'
import { scriptLivekit, type ScriptedLivekit } from './testing/scripted-livekit.ts'

const facts = { sid: 'RM_1', startedAt: 1, metadata: '', maxParticipants: 0, recording: false }

function livekitWith(...identities: string[]): ScriptedLivekit {
  const livekit = scriptLivekit('lobby', facts)
  for (const identity of identities) livekit.people.set(identity, sampleFacts(identity))
  return livekit
}

const set = (change: Partial<Permissions>) => (now: Permissions) => succeed({ ...now, ...change })

/** A random number that a seed decides. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('S2.4 the permission desk', () => {
  it('reads, changes and writes, and says what was and what is', async () => {
    const livekit = livekitWith('ana')
    const desk = createPermissionDesk(livekit.service, noLease)
    expect(await desk.change('lobby', 'ana', 'PA_ana', set({ canSubscribe: false }))).toMatchObject({
      ok: true,
      value: {
        before: { canSubscribe: true },
        after: { version: 2, permissions: { canSubscribe: false, canPublish: true } },
        isChanged: true,
      },
    })
    expect(await desk.change('lobby', 'ana', null, () => succeed(null))).toMatchObject({ ok: true, value: { isChanged: false } })
    expect(livekit.asked).toEqual(['update ana'])
  })

  it('writes nothing for another stay, where it decides not to, or where they have left', async () => {
    const livekit = livekitWith('ana')
    const desk = createPermissionDesk(livekit.service, noLease)
    expect(await desk.change('lobby', 'ana', 'PA_2', set({}))).toMatchObject({ ok: false, detail: 'changed_meanwhile' })
    expect(await desk.change('lobby', 'ana', null, () => fail('conflict', 'denied'))).toEqual(fail('conflict', 'denied'))
    expect(await desk.change('lobby', 'bo', null, set({}))).toMatchObject({ ok: false, detail: 'participant_gone' })
    expect(livekit.asked).toEqual([])
  })

  it('does not say that nothing was done where another stay came between reading and writing, which LiveKit has changed', async () => {
    const livekit = livekitWith('ana')
    const desk = createPermissionDesk(livekit.service, noLease)
    const changed = await desk.change('lobby', 'ana', 'PA_ana', (now) => {
      livekit.people.set('ana', sampleFacts('ana', { sid: 'PA_2' }))
      return succeed({ ...now, canSubscribe: false })
    })
    expect(changed).toMatchObject({ ok: false, code: 'conflict', detail: 'changed_meanwhile' })
    expect(changed).not.toMatchObject({ message: expect.stringContaining('nothing was done') as string })
    expect(livekit.people.get('ana')).toMatchObject({ sid: 'PA_2', permissions: { canSubscribe: false } })
  })

  it('after a timeout it looks whether it was done', async () => {
    const livekit = livekitWith('ana')
    const desk = createPermissionDesk(livekit.service, noLease)
    const failure = fail('unavailable', 'no answer', 'timeout_unknown')
    livekit.failing.set('updateParticipant', { failure })
    expect(await desk.change('lobby', 'ana', null, set({ canSubscribe: false }))).toEqual(failure)
    livekit.failing.set('updateParticipant', { failure, after: true })
    expect(await desk.change('lobby', 'ana', null, set({ canSubscribe: false }))).toMatchObject({ ok: true, value: { isChanged: true } })
  })

  it('changes of one person at once wait for each other, so that none is lost', async () => {
    const livekit = livekitWith('ana')
    livekit.pause = () => new Promise((resolve) => void setImmediate(resolve))
    const desk = createPermissionDesk(livekit.service, noLease)
    await Promise.all([
      desk.change('lobby', 'ana', null, set({ canSubscribe: false })),
      desk.change('lobby', 'ana', null, set({ canPublishData: false })),
      desk.change('lobby', 'ana', null, set({ canUpdateMetadata: true })),
    ])
    expect(livekit.people.get('ana')?.permissions).toMatchObject({ canSubscribe: false, canPublishData: false, canUpdateMetadata: true })
  })

  it('a turn that failed, or threw, is in nobody’s way', async () => {
    const livekit = livekitWith('ana')
    const desk = createPermissionDesk(livekit.service, noLease)
    const thrown = desk.change('lobby', 'ana', null, () => {
      throw new Error('a bug')
    })
    const next = desk.change('lobby', 'ana', null, set({ canSubscribe: false }))
    await expect(thrown).rejects.toThrow('a bug')
    expect(await next).toMatchObject({ ok: true, value: { isChanged: true } })
  })

  it('people don’t wait for each other', async () => {
    const livekit = livekitWith('ana', 'bo')
    const desk = createPermissionDesk(livekit.service, noLease)
    const gate = Promise.withResolvers<void>()
    const ana = desk.change('lobby', 'ana', null, async (now) => (await gate.promise, succeed(now)))
    expect(await desk.change('lobby', 'bo', null, set({ canSubscribe: false }))).toMatchObject({ ok: true })
    gate.resolve()
    await ana
  })

  it('keeps what LiveKit says and this program does not know of', () => {
    const unknown = Uint8Array.from([0xf8, 0x3f, 0x07])
    const grant = ParticipantPermission.fromBinary(
      Uint8Array.from([...new ParticipantPermission({ canPublish: true, hidden: true }).toBinary(), ...unknown]),
    )
    const { permissions } = toParticipantFacts(new ParticipantInfo({ permission: grant }))
    const written = withPermissions(grant, { ...permissions, canPublishSources: ['screen_share_audio'] })
    expect(Array.from(written.toBinary().subarray(-3))).toEqual(Array.from(unknown))
    expect(written).toMatchObject({ hidden: true, canPublish: true, canPublishSources: [4] })
    expect(grant.canPublishSources).toEqual([])
  })
})

describe.skipIf(peers.redis === null)('S2.4 two instances with a real Redis', () => {
  let redis: RedisPeer
  const links: RedisLink[] = []

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    for (let index = 0; index < 2; index += 1) {
      const link = openRedisLink(redis.url)
      await link.connect()
      links.push(link)
    }
  })
  afterAll(async () => {
    for (const link of links) link.close()
    await redis.stop()
  })
  const desks = (livekit: ScriptedLivekit, patienceMs?: number): PermissionDesk[] =>
    links.map((link) => createPermissionDesk(livekit.service, createRedisPersonLease(link, patienceMs)))
  const keyOf = (identity: string) =>
    redisKeys.personLease(
      createHash('sha256')
        .update(JSON.stringify(['lobby', identity]))
        .digest('base64url'),
    )

  it.each([1, 2, 3, 4, 5])('partial changes by both at random are all there in the end (seed %i)', async (seed) => {
    const random = randomOf(seed)
    const names = ['ana', 'bo', 'cy']
    const livekit = livekitWith(...names)
    livekit.pause = () => delay(random() * 3)
    const both = desks(livekit)
    const flags = ['canSubscribe', 'canPublish', 'canPublishData', 'canUpdateMetadata'] as const
    // Each flag of each person is changed by one writer, so that its last word is known.
    const writers = names.flatMap((name) => flags.map((flag) => ({ name, flag })))
    const wanted = new Map<string, boolean>()
    await Promise.all(
      writers.map(async ({ name, flag }) => {
        for (let turn = 0; turn < 5; turn += 1) {
          const value = random() < 0.5
          wanted.set(`${name} ${flag}`, value)
          const desk = both[random() < 0.5 ? 0 : 1]
          expect(await desk?.change('lobby', name, null, set({ [flag]: value }))).toMatchObject({ ok: true })
        }
      }),
    )
    const got = writers.map(({ name, flag }) => [`${name} ${flag}`, livekit.people.get(name)?.permissions[flag]])
    expect(got).toEqual([...wanted].filter(([key]) => got.some(([each]) => each === key)))
    expect(await links[0]?.commands.keys('lease:*')).toEqual([])
  })

  it('who another instance is too long at is a conflict, and nothing is done', async () => {
    const livekit = livekitWith('ana')
    await links[0]?.commands.set(keyOf('ana'), 'somebody', 'PX', 10_000)
    const [desk] = desks(livekit, 100)
    expect(await desk?.change('lobby', 'ana', null, set({ canSubscribe: false }))).toMatchObject({ ok: false, code: 'conflict' })
    expect(livekit.asked).toEqual([])
    expect(await links[0]?.commands.getdel(keyOf('ana'))).toBe('somebody')
  })

  it('lets go of its own lease only', async () => {
    const livekit = livekitWith('ana')
    const [desk] = desks(livekit)
    // As when this one took so long that another instance has taken over.
    await desk?.change('lobby', 'ana', null, async (now) => {
      await links[1]?.commands.set(keyOf('ana'), 'somebody', 'PX', 10_000)
      return succeed(now)
    })
    expect(await links[0]?.commands.getdel(keyOf('ana'))).toBe('somebody')
  })

  it('S3 while Redis is away it is done without', async () => {
    const livekit = livekitWith('ana')
    const [desk] = desks(livekit)
    await redis.kill()
    await vi.waitUntil(() => links[0]?.commands.status !== 'ready')
    expect(await desk?.change('lobby', 'ana', null, set({ canSubscribe: false }))).toMatchObject({ ok: true, value: { isChanged: true } })
    await redis.start()
  })
})
