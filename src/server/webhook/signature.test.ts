import { createHash, createHmac } from 'node:crypto'
import { AccessToken, TokenVerifier } from 'livekit-server-sdk'
import { describe, expect, it } from 'vitest'
import { createSignatureCheck } from './signature.ts'

const secret = 's'.repeat(32)
const check = createSignatureCheck([
  { key: 'key', secret },
  { key: 'other', secret: 'o'.repeat(32) },
])
const body = Buffer.from('{"event":"room_started"}')
const sha256 = createHash('sha256').update(body).digest('base64')
const seconds = Math.floor(Date.now() / 1000)
const good = { iss: 'key', nbf: seconds, exp: seconds + 300, sha256 }
const refused = { ok: false, code: 'unauthorized' }

const encode = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

function token(payload: unknown, header: unknown = { alg: 'HS256', typ: 'JWT' }, algorithm = 'sha256'): string {
  const signed = `${encode(header)}.${encode(payload)}`
  return `${signed}.${createHmac(algorithm, secret).update(signed).digest('base64url')}`
}

describe("a webhook's signature", () => {
  it("S4.1 is taken as the SDK makes it, and what is taken here the SDK's verifier takes too", async () => {
    const made = new AccessToken('key', secret, { ttl: 300 })
    made.sha256 = sha256
    expect(check(body, await made.toJwt())).toBeNull()
    expect(check(body, token(good))).toBeNull()
    await expect(new TokenVerifier('key', secret).verify(token(good))).resolves.toMatchObject({ sha256 })
  })

  it('S4.1 is HS256 and nothing else, whatever the header asks for', () => {
    for (const alg of ['none', 'HS384', 'RS256', 'hs256', '', null, ['HS256']])
      expect(check(body, token(good, { alg }))).toMatchObject(refused)
    expect(check(body, token(good, { alg: 'HS512' }, 'sha512'))).toMatchObject(refused)
    expect(check(body, `${encode({ alg: 'none' })}.${encode(good)}.`)).toMatchObject(refused)
    expect(check(body, token(good, { alg: 'HS256', crit: ['b64'], b64: false }))).toMatchObject(refused)
    for (const header of ['', 'null', '[]', '"HS256"', '{']) expect(check(body, token(good, header))).toMatchObject(refused)
    expect(check(body, token(good))).toBeNull()
  })

  it("S4.1 is of the issuer's own secret, whole, and of this body", () => {
    expect(check(body, token({ ...good, iss: 'other' }))).toMatchObject(refused)
    expect(check(body, token({ ...good, iss: 'unknown' }))).toMatchObject(refused)
    const [header, payload, signature = ''] = token(good).split('.')
    for (const wrong of ['', signature.slice(0, -1), `${signature}A`, `${signature}=`, signature.toLowerCase(), signature.slice(0, 8)])
      expect(check(body, `${header}.${payload}.${wrong}`)).toMatchObject(refused)
    expect(check(body, `${token(good)}.${signature}`)).toMatchObject(refused)
    expect(check(body, `Bearer ${token(good)}`)).toMatchObject(refused)
    expect(check(Buffer.concat([body, Buffer.from(' ')]), token(good))).toMatchObject(refused)
    for (const claimed of [undefined, '', sha256.toLowerCase(), 5, [sha256]])
      expect(check(body, token({ ...good, sha256: claimed }))).toMatchObject(refused)
  })

  it('S4.1 is in date, give or take a minute', () => {
    const at = (late: number) => check(body, token(good), (seconds + late) * 1000)
    expect([at(-60), at(0), at(359)]).toEqual([null, null, null])
    for (const late of [-61, 360, 3600]) expect(at(late)).toMatchObject(refused)
    for (const dates of [{ exp: undefined }, { exp: null }, { exp: String(seconds + 300) }, { nbf: 'now' }])
      expect(check(body, token({ ...good, ...dates }))).toMatchObject(refused)
    expect(check(body, token({ ...good, nbf: undefined }))).toBeNull()
  })

  it('S4.1 is refused without harm when it is anything else', () => {
    const odd = [
      undefined,
      '',
      '.',
      '..',
      '...',
      'a.b.c',
      token('null'),
      token('[]'),
      token('5'),
      token('{"iss":"__proto__"}'),
      '\u0000.\u0000.',
    ]
    for (const authorization of odd) expect(check(body, authorization)).toMatchObject(refused)
  })
})
