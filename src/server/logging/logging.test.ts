import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ServerSettings } from '#shared/contract/embedded.ts'
import { createLog } from './log.ts'
import { createSampledLog } from './sampled-log.ts'

const jwt = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"sub":"ana"}').toString('base64url')}.c2lnbmF0dXJlLW9mLWl0`
const operatorToken = `usher_${'Ab3-_xyz'.repeat(6)}`

const settings: ServerSettings = {
  host: '127.0.0.1',
  port: 0,
  livekitHost: 'http://127.0.0.1',
  livekitPublicUrl: 'ws://127.0.0.1',
  livekitKeys: [{ key: 'devkey', secret: 'livekit-secret-1234567890' }],
  redisUrl: 'redis://:redis%2Fpass%40word@127.0.0.1',
  admin: { token: 'admin-token-0987', name: 'admin' },
  serviceToken: 'service-token-5678',
  database: { kind: 'postgres', url: 'postgres://usher:pg-password-42@127.0.0.1/usher' },
  syncIntervalMs: 30_000,
  cleanupIntervalMs: 300_000,
  tokenLimitPerMinute: 20,
  redisBudget: { commandsPerDay: 1, bytesPerMonth: 1 },
  trustProxy: false,
  observeRooms: 0,
  records: true,
  logLevel: 'info',
}

function openLog() {
  const lines: string[] = []
  return { log: createLog(settings, { write: (line) => void lines.push(line) }), lines }
}

describe('the log', () => {
  it('writes lines of JSON, from the level of the settings on', () => {
    const { log, lines } = openLog()
    log.debug('not this')
    log.info({ rooms: 3 }, 'this')
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([{ level: 30, rooms: 3, msg: 'this' }])
    expect(lines[0]?.endsWith('\n')).toBe(true)
  })

  const nested = Object.assign(new Error(`can't reach redis://user:hidden-1@host:6379/0`), {
    cause: new Error('Authorization: Bearer hidden-2'),
    config: { headers: { Authorization: 'Basic hidden-3', cookie: ['usher=hidden-4'] }, url: '/rtc?access_token=hidden-5&protocol=15' },
  })
  it.each<[string, (log: ReturnType<typeof openLog>['log']) => void]>([
    ['an authorization header', (log) => log.info({ headers: { authorization: 'Bearer hidden-1' } }, 'x')],
    [
      'a field of a secret’s name, however deep',
      (log) => log.info({ a: [{ b: { accessToken: 'hidden-1', api_secret: ['hidden-2'] } }] }, 'x'),
    ],
    ['an error with a cause and fields', (log) => log.error({ err: nested }, 'it failed')],
    ['an error as the message', (log) => log.error(nested)],
    ['a query in a text', (log) => log.info('GET /api/events?types=a&ticket=hidden-1&x=1')],
    ['an encoded query', (log) => log.info('next=/api/events%3Fticket%3Dhidden-1')],
    ['a password in an address', (log) => log.info('postgres://usher:hidden-1@db/usher and https://hidden-2:x@host')],
    [
      'JSON in a text',
      (log) => log.info(`body: ${JSON.stringify({ token: 'hidden-1', nested: JSON.stringify({ password: 'hidden-2' }) })}`),
    ],
    ['what Node prints of an object', (log) => log.info(`{ apiSecret: 'hidden-1', token: "hidden-2" }`)],
    ['a child’s bindings', (log) => log.child({ ticket: 'hidden-1' }).info('x')],
    ['a header in a text', (log) => log.info('authorization: hidden-1')],
    ['a field’s name', (log) => log.info({ 'token=hidden-1': 1 }, 'x')],
  ])('hides %s', (_what, write) => {
    const { log, lines } = openLog()
    write(log)
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('hidden-')
    expect(lines[0]).toContain('[hidden]')
  })

  it.each([
    jwt,
    jwt.slice(0, 40),
    operatorToken,
    settings.livekitKeys[0]?.secret ?? '',
    'admin-token-0987',
    'service-token-5678',
    'pg-password-42',
    'redis/pass@word',
    'redis%2Fpass%40word',
  ])('hides %s wherever it stands', (secret) => {
    const { log, lines } = openLog()
    log.info({ what: `a ${secret}.`, list: [secret], err: new Error(`it was ${secret}`) }, `said "${secret}" twice`)
    log.child({ room: secret }).warn('x')
    expect(lines).toHaveLength(2)
    for (const line of lines) expect(line).not.toContain(secret)
  })

  it('leaves alone what is no secret', () => {
    const { log, lines } = openLog()
    const fields = {
      tokens: 12,
      route: '/api/livekit/token',
      metric: 'usher_rate_limit_fail_open_total',
      room: 'a: b {c} d=e',
      why: 'token: Invalid input',
    }
    log.info(fields, 'a valid token is needed, see https://host/path?x=1#y')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ ...fields, msg: 'a valid token is needed, see https://host/path?x=1#y' })
  })
})

describe('the sampled log', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('writes the first of a kind and then, each 10 s, how many more there were', () => {
    const { log, lines } = openLog()
    const sampled = createSampledLog(log)
    const read = () => lines.splice(0).map((line) => JSON.parse(line) as unknown)
    const refuse = (kind: string) => sampled.write(log, 'warn', kind, { status: 401 }, 'refused')
    for (let count = 0; count < 1000; count += 1) refuse('a')
    refuse('b')
    expect(read()).toMatchObject([{ status: 401, msg: 'refused' }, { status: 401 }])
    vi.advanceTimersByTime(10_000)
    expect(read()).toMatchObject([{ level: 40, kind: 'a', count: 999 }])
    refuse('a')
    refuse('b')
    expect(read()).toMatchObject([{ msg: 'refused' }])
    sampled.stop()
    expect(read()).toMatchObject([{ kind: 'a', count: 1 }])
    vi.advanceTimersByTime(60_000)
    expect(read()).toEqual([])
  })
})
