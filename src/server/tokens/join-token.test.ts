import { TokenVerifier } from 'livekit-server-sdk'
import { describe, expect, it } from 'vitest'
import { tokenQuerySchema, tokenRequestSchema } from '#shared/contract/http-tokens.ts'
import { publishSourceSchema, type PublishSource } from '#shared/domain/participant.ts'
import { createJoinTokens, type MeasureCheck } from './join-token.ts'
import { createTokenDesk, type TokenOutcome } from './token-desk.ts'
import type { RateVerdict } from './rate-limit.ts'

const [key, secret] = ['a-key', 'a-secret-of-at-least-thirty-two-characters']
const settings = { livekitKeys: [{ key, secret }], livekitPublicUrl: 'wss://livekit.example' }
const ana = { room: 'lobby', username: 'ana', canPublish: true }
const leftOut = () => Promise.resolve()
const denying =
  (...deniedSources: PublishSource[]): MeasureCheck =>
  () =>
    Promise.resolve({ banned: false, closed: false, deniedSources, until: null })

async function issued(request: Parameters<ReturnType<typeof createJoinTokens>>[0], check = denying()) {
  const answer = await createJoinTokens({ settings, check, leftOut })(request)
  if (!answer.ok) throw new Error(answer.message)
  return { grant: answer.value, claims: await new TokenVerifier(key, secret).verify(answer.value.token, 0) }
}

describe('a token to join with', () => {
  it('S3.3 carries the identity, ten minutes, and the grant of somebody who takes part', async () => {
    const before = Date.now()
    const { grant, claims } = await issued({ ...ana, name: 'Ana', metadata: '{"seat":1}' })
    expect(claims).toMatchObject({ sub: 'ana', iss: key, name: 'Ana', metadata: '{"seat":1}' })
    expect(claims.video).toEqual({ roomJoin: true, room: 'lobby', canSubscribe: true, canPublishData: true, canPublish: true })
    expect(grant.url).toBe('wss://livekit.example')
    expect(grant.expiresAt).toBeGreaterThan(before + 598_000)
    expect((claims.exp ?? 0) * 1000).toBeGreaterThanOrEqual(grant.expiresAt)
    expect((claims.exp ?? 0) * 1000).toBeLessThan(grant.expiresAt + 2000)
  })

  it('may only watch where publishing was not asked for', async () => {
    const { claims } = await issued({ ...ana, canPublish: false }, denying('camera'))
    expect(claims.video).toEqual({ roomJoin: true, room: 'lobby', canSubscribe: true, canPublishData: true, canPublish: false })
  })

  it('leaves out what measures deny; who is denied all may publish nothing, for to LiveKit an empty list means all', async () => {
    const some = await issued(ana, denying('camera', 'screen_share'))
    expect(some.claims.video).toMatchObject({ canPublish: true, canPublishSources: ['microphone', 'screen_share_audio'] })
    const none = await issued(ana, denying(...publishSourceSchema.options))
    expect(none.claims.video?.canPublish).toBe(false)
    expect(none.claims.video?.canPublishSources).toBeUndefined()
  })

  it('X6 what it leaves out is written down before it is given, so that whoever comes with it has that when it is lifted', async () => {
    const owed: unknown[] = []
    const keep = (...what: unknown[]) => Promise.resolve(void owed.push(what))
    const issue = (request: typeof ana, check: MeasureCheck) => createJoinTokens({ settings, check, leftOut: keep })(request)
    await issue(ana, denying('camera'))
    await issue(ana, denying())
    await issue({ ...ana, canPublish: false }, denying('camera'))
    expect(owed).toEqual([
      ['lobby', 'ana', ['camera']],
      ['lobby', 'ana', []],
    ])
  })

  it('is refused to who is banned, with until when', async () => {
    const until = Date.UTC(2030, 0, 2)
    const asked: string[] = []
    const check = (identity: string, room: string) => {
      asked.push(`${identity} in ${room}`)
      return Promise.resolve({ banned: true, closed: false, deniedSources: [], until })
    }
    const answer = await createJoinTokens({ settings, check, leftOut })(ana)
    expect(answer).toMatchObject({ ok: false, code: 'forbidden', detail: 'banned', message: expect.stringContaining('2030-01-02') })
    expect(asked).toEqual(['ana in lobby'])
  })

  it('X1 is refused to everybody where the room is closed, which is said of the room', async () => {
    const check: MeasureCheck = () => Promise.resolve({ banned: true, closed: true, deniedSources: [], until: Date.UTC(2030, 0, 2) })
    expect(await createJoinTokens({ settings, check, leftOut })(ana)).toEqual({
      ok: false,
      code: 'forbidden',
      detail: 'banned',
      message: 'the room lobby is closed until 2030-01-02T00:00:00.000Z',
    })
  })

  it('takes any name as just a name', async () => {
    for (const name of ['a:b', '{x}', '👩‍🚀', '__proto__', 'constructor', 'x'.repeat(256), '"\\\n', ' ']) {
      const request = tokenRequestSchema.parse({ room: name, username: name, name, metadata: name })
      const { claims } = await issued(request)
      expect(claims).toMatchObject({ sub: name, name, metadata: name, video: { room: name } })
    }
  })

  it('refuses names that are too long, empty, or no text that UTF-8 can carry', () => {
    for (const name of ['', 'x'.repeat(513), 'ana\ud800']) {
      expect(tokenRequestSchema.safeParse({ ...ana, username: name }).success).toBe(false)
      expect(tokenQuerySchema.safeParse({ room: name, username: 'ana' }).success).toBe(false)
    }
  })

  it('reads canPublish from a query as from a body', () => {
    const read = (query: object) => tokenQuerySchema.parse({ room: 'lobby', username: 'ana', ...query }).canPublish
    expect([read({}), read({ canPublish: 'true' }), read({ canPublish: 'false' }), read({ canPublish: '0' })]).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect(tokenQuerySchema.safeParse({ room: 'lobby', username: 'ana', canPublish: 'perhaps' }).success).toBe(false)
  })
})

describe('the token desk', () => {
  function desk(verdict: RateVerdict, check = denying()) {
    const told: (TokenOutcome | 'fail open')[] = []
    const ask = createTokenDesk({
      limit: { take: () => Promise.resolve(verdict) },
      issue: createJoinTokens({ settings, check, leftOut }),
      onOutcome: (outcome) => told.push(outcome),
      onFailOpen: () => told.push('fail open'),
    })
    return { ask, told }
  }

  it('S3.3 tells who is over the limit whole seconds, never too few', async () => {
    const waits = [0.3, 999, 1000, 1001, 58_999.999].map(async (waitMs) => {
      const answer = await desk({ kind: 'refused', waitMs }).ask(ana)
      return answer.ok || answer.retryAfterS
    })
    expect(await Promise.all(waits)).toEqual([1, 1, 1, 2, 59])
  })

  it('counts how each request ended, and where the limit could not be looked up', async () => {
    const [allowed, limited, open] = [
      desk({ kind: 'allowed' }),
      desk({ kind: 'refused', waitMs: 1 }),
      desk({ kind: 'unchecked', why: 'ECONNREFUSED' }),
    ]
    const banned = desk({ kind: 'allowed' }, () => Promise.resolve({ banned: true, closed: false, deniedSources: [], until: null }))
    for (const { ask } of [allowed, limited, open, banned]) await ask(ana)
    expect([allowed.told, limited.told, open.told, banned.told]).toEqual([
      ['granted'],
      ['rate_limited'],
      ['fail open', 'granted'],
      ['banned'],
    ])
  })
})
