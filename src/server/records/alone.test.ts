import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openRedisLink, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { startRedis, type RedisPeer } from '../../../tests/harness/redis.ts'
import { peers } from '../../../tests/peers.ts'
import { claimRedis, lockFile, readDatabaseId } from './alone.ts'
import { openDatabase } from './database.ts'
import { createRedisClaim } from './redis-claim.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-alone-'))
  file = join(folder, 'usher.sqlite')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const refusal = () => ({
  ok: false,
  code: 'conflict',
  message: `another sync server works with ${file}: end that one, or give both a PostgreSQL (DATABASE_URL)`,
})

describe('the lock beside a SQLite file', () => {
  it('keeps a second server out until the first lets go', () => {
    const first = lockFile(file)
    expect(lockFile(file)).toEqual(refusal())
    const other = lockFile(join(folder, 'other.sqlite'))
    expect(other).toMatchObject({ ok: true })
    if (other.ok) other.value.release()
    if (first.ok) first.value.release()
    const next = lockFile(file)
    expect(next).toMatchObject({ ok: true })
    if (next.ok) next.value.release()
  })

  it('ends with a process that is killed', { timeout: 20_000 }, async () => {
    const child = fork(new URL('testing/hold-lock.ts', import.meta.url), [file], { stdio: 'ignore' })
    await once(child, 'message')
    expect(lockFile(file)).toEqual(refusal())
    child.kill('SIGKILL')
    await once(child, 'exit')
    const next = lockFile(file)
    expect(next).toMatchObject({ ok: true })
    if (next.ok) next.value.release()
  })

  it('does not hinder the operator command, which opens the database beside it', async () => {
    const lock = lockFile(file)
    const opened = await openDatabase({ kind: 'sqlite', file })
    expect(opened).toMatchObject({ ok: true })
    if (opened.ok) await opened.value.close()
    if (lock.ok) lock.value.release()
  })

  it('is told in one line where it can’t be made', () => {
    expect(lockFile('/dev/null/usher.sqlite')).toMatchObject({
      ok: false,
      code: 'unavailable',
      message: expect.stringContaining('USHER_DATA_DIR'),
    })
  })
})

describe('a database’s id', () => {
  it('stays, and is no other’s', async () => {
    const ids: string[] = []
    for (const name of ['a', 'a', 'b']) {
      const opened = await openDatabase({ kind: 'sqlite', file: join(folder, name) })
      if (!opened.ok) throw new Error(opened.message)
      ids.push(await readDatabaseId(opened.value))
      await opened.value.close()
    }
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
  })
})

describe.skipIf(peers.redis === null)('the claim on Redis', () => {
  let redis: RedisPeer
  let client: Redis
  let link: RedisLink
  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    client = new Redis(redis.url)
    link = openRedisLink(redis.url)
    await link.connect()
  })
  afterAll(async () => {
    client.disconnect()
    link.close()
    await redis.stop()
  })
  beforeEach(() => client.flushall())

  it('is one database’s while it is renewed, and another’s after that', async () => {
    const port = createRedisClaim(link)
    expect(await claimRedis(port, 'first', 60_000)).toBeNull()
    expect(await claimRedis(port, 'second', 60_000)).toMatchObject({
      ok: false,
      code: 'conflict',
      message: expect.stringMatching(/^another sync server uses this Redis with a SQLite file of its own: .*DATABASE_URL.* 60 s$/),
    })
    expect(await claimRedis(port, 'first', 1)).toBeNull()
    await expect.poll(() => port.claim('second', 60_000)).toBe(true)
    expect(await client.pttl(redisKeys.databaseLease)).toBeGreaterThan(50_000)
  })

  it('costs one command, and is taken over what is no lease', async () => {
    const port = createRedisClaim(link)
    await port.claim('first', 1000)
    await client.del(redisKeys.databaseLease)
    await client.lpush(redisKeys.databaseLease, 'not a lease')
    const before = link.meter.read().commands
    expect(await port.claim('first', 1000)).toBe(true)
    expect(link.meter.read().commands - before).toBe(1)
  })
})
