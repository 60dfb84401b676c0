import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type PostgresPeer } from '../harness/postgres.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { environmentOf, spawnServer, type FailedStart, type ServerProcess } from '../harness/server-process.ts'
import { startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const isMissing = peers.livekit === null || peers.redis === null || peers.postgres === null
describe.skipIf(isMissing)('a start that can’t be', () => {
  let redis: RedisPeer
  let postgres: PostgresPeer
  let stack: Stack
  let folder = ''
  const started: ServerProcess[] = []
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'usher-start-'))
    redis = await startRedis(peers.redis ?? '')
    postgres = await startPostgres(peers.postgres ?? '')
    stack = await startStack({ webhooksTo: [] })
  })
  afterEach(() => Promise.all(started.splice(0).map((server) => server.kill())))
  afterAll(async () => {
    await stack.stop()
    await redis.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function start(more: Readonly<Record<string, string>>): Promise<ServerProcess | FailedStart> {
    const environment = { ...environmentOf(stack.settings(0)), PORT: '0', LOG_LEVEL: 'info', USHER_DATA_DIR: join(folder, 'good') }
    const server = await spawnServer({ ...environment, ...more })
    if ('kill' in server) started.push(server)
    return server
  }
  const database = (change: (url: URL) => unknown): Record<string, string> => {
    const url = new URL(postgres.url)
    change(url)
    return { DATABASE_URL: url.href }
  }
  const folderWith = (file: string, text: string): Record<string, string> => {
    const made = mkdtempSync(join(folder, 'bad-'))
    writeFileSync(join(made, file), text)
    return { USHER_DATA_DIR: file === 'usher.sqlite' ? made : join(made, file) }
  }

  it.each<[string, () => Record<string, string>, string]>([
    ['a missing setting', () => ({ LIVEKIT_API_SECRET: '' }), 'LIVEKIT_API_SECRET is missing'],
    ['a wrong LiveKit secret', () => ({ LIVEKIT_API_SECRET: 'a-hidden-password'.repeat(2) }), '(LIVEKIT_API_KEY, LIVEKIT_API_SECRET)'],
    ['no LiveKit there', () => ({ LIVEKIT_HOST: redis.url.replace('redis', 'http') }), '(LIVEKIT_HOST)'],
    ['no Redis there', () => ({ REDIS_URL: `redis://:a-hidden-password@127.0.0.1:${postgres.port}` }), '(REDIS_URL)'],
    ['no such database of Redis', () => ({ REDIS_URL: `${redis.url}/99` }), '(REDIS_URL)'],
    ['PostgreSQL at another host', () => database((url) => (url.hostname = 'nowhere.invalid')), 'nowhere.invalid'],
    ['a wrong password', () => database((url) => (url.password = 'a-hidden-password')), 'check the user and the password (DATABASE_URL)'],
    ['no such database', () => database((url) => (url.pathname = '/nothing')), 'has no database nothing'],
    ['no TLS there', () => database((url) => (url.search = '?sslmode=require')), 'does not support SSL'],
    ['a file that is no database', () => folderWith('usher.sqlite', 'no database '.repeat(500)), 'it is no SQLite database'],
    ['a file where the data folder should be', () => folderWith('file', ''), '(USHER_DATA_DIR)'],
    ['a port in use', () => ({ PORT: String(redis.port) }), 'is in use: set PORT'],
    ['an address of another machine', () => ({ HOST: '203.0.113.1' }), 'check HOST and PORT'],
  ])('with %s says so in one line, without a secret, and exits with 1', async (_what, more, says) => {
    const ended = await start(more())
    expect(ended).toEqual({ code: 1, output: expect.stringMatching(/^usher server: [^\n]+\n$/) })
    const output = 'output' in ended ? ended.output : ''
    expect(output).toContain(says)
    expect(output).not.toContain('a-hidden-password')
    expect(output).not.toContain('a-password-of-the-tests')
  })

  it('is possible again at once after the server was killed, in the same folder with the same Redis', async () => {
    const more = { REDIS_URL: redis.url, USHER_DATA_DIR: join(folder, 'killed') }
    for (let count = 0; count < 3; count += 1) {
      const server = await start(more)
      expect(server).toHaveProperty('url')
      if ('kill' in server) await server.kill()
    }
  })
})
