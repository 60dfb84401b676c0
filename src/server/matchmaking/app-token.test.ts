import { AccessToken } from 'livekit-server-sdk'
import { describe, expect, it } from 'vitest'
import { createObserveGrant } from '#server/tokens/observe-token.ts'
import { createAppTokenVerifier } from './app-token.ts'

const [first, second] = [
  { key: 'first', secret: 'a secret of thirty-two characters' },
  { key: 'second', secret: 'another of thirty-two characters' },
]
const verify = createAppTokenVerifier([first, second])

function tokenOf({ key, secret }: { key: string; secret: string }, options: { identity?: string; ttl?: number } = {}): Promise<string> {
  const token = new AccessToken(key, secret, options)
  token.addGrant({ roomJoin: options.identity !== undefined, room: 'lobby' })
  return token.toJwt()
}

describe("an app user's token", () => {
  it('S0.6 is good for its own identity, whichever key has signed it', async () => {
    expect(await verify(await tokenOf(first, { identity: 'ana' }))).toBe('ana')
    expect(await verify(await tokenOf(second, { identity: 'bo: {🦄}' }))).toBe('bo: {🦄}')
  })

  it('another secret, a key that is not ours, an end in the past and nobody’s name are refused', async () => {
    expect(await verify(await tokenOf({ ...first, secret: second.secret }, { identity: 'ana' }))).toBeNull()
    expect(await verify(await tokenOf({ ...first, key: 'third' }, { identity: 'ana' }))).toBeNull()
    expect(await verify(await tokenOf(first, { identity: 'ana', ttl: -60 }))).toBeNull()
    expect(await verify(await tokenOf(first))).toBeNull()
  })

  it('of an observer, or of another program, is no user’s', async () => {
    const settings = { livekitKeys: [first], livekitPublicUrl: 'ws://127.0.0.1' }
    expect(await verify((await createObserveGrant(settings, 'lobby')).token)).toBeNull()
    const egress = new AccessToken(first.key, first.secret, { identity: 'EG_1' })
    egress.kind = 'egress'
    expect(await verify(await egress.toJwt())).toBeNull()
  })

  it('lets nobody choose how it is signed', async () => {
    const [, claims = '', signature] = (await tokenOf(first, { identity: 'ana' })).split('.')
    for (const alg of ['none', 'HS512', 'RS256', 'ES256', ''])
      expect(await verify([Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url'), claims, signature].join('.'))).toBeNull()
  })

  it.each(['', 'usher_token', 'a.b', 'a.b.c', 'a.b.c.d', '..', `${'a'.repeat(5000)}.b.c`])('%s is no token', async (text) => {
    expect(await verify(text)).toBeNull()
  })
})
