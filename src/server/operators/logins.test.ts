import { describe, expect, it } from 'vitest'
import { createLogins } from './logins.ts'
import { createLoginLimit } from './login-limit.ts'
import type { TokenHolder } from './operator-book.ts'

const ana: TokenHolder = { tokenId: '1', operator: { name: 'ana', role: 'viewer' } }
const admin: TokenHolder = { tokenId: '2', operator: { name: 'admin', role: 'admin' } }

function logins() {
  const clock = { now: 0 }
  const counts = { failed: 0, asked: 0 }
  const recognize = (token: string | undefined) => (token === 'ours' ? ana : null)
  const book = {
    recognize,
    authenticate(token: string | undefined) {
      counts.asked += 1
      return Promise.resolve(token === 'of the settings' ? admin : recognize(token))
    },
  }
  const { byToken: logIn, byTicket } = createLogins({
    book,
    limit: createLoginLimit(() => clock.now),
    onFailed: () => (counts.failed += 1),
  })
  return { clock, counts, logIn, byTicket }
}

describe('createLogins', () => {
  it('holds off an address that failed ten times, for as long as it says', async () => {
    const { clock, counts, logIn } = logins()
    for (let count = 0; count < 10; count += 1) expect(await logIn('wrong', 'here')).toMatchObject({ ok: false, code: 'unauthorized' })
    const held = {
      ok: false,
      code: 'rate_limited',
      message: 'too many failed logins from this address: try again in 60 s',
      retryAfterS: 60,
    }
    expect(await logIn('of the settings', 'here')).toEqual(held)
    expect(await logIn('wrong', 'here')).toEqual(held)
    expect(counts).toEqual({ asked: 10, failed: 12 })
    expect(await logIn('of the settings', 'elsewhere')).toEqual({ ok: true, value: admin })
    clock.now += 60_000
    expect(await logIn('of the settings', 'here')).toEqual({ ok: true, value: admin })
  })

  it('goes on taking a token that was made here, from any address', async () => {
    const { logIn } = logins()
    for (let count = 0; count < 10; count += 1) await logIn('wrong', 'here')
    expect(await logIn('ours', 'here')).toEqual({ ok: true, value: ana })
  })

  it('looks at no more than ten of many that come at once', async () => {
    const { counts, logIn } = logins()
    const answers = await Promise.all([...Array.from({ length: 200 }, () => logIn('wrong', 'here')), logIn('of the settings', 'here')])
    expect(answers.filter((answer) => !answer.ok && answer.code === 'unauthorized')).toHaveLength(10)
    expect(answers.at(-1)).toMatchObject({ ok: false, code: 'rate_limited' })
    expect(counts.failed).toBe(201)
    expect(await logIn('ours', 'here')).toEqual({ ok: true, value: ana })
  })

  it('counts a ticket that is worth nothing, and takes one that is worth something from any address', async () => {
    const { logIn, byTicket } = logins()
    for (let count = 0; count < 10; count += 1) expect(byTicket(null, 'here')).toMatchObject({ code: 'unauthorized' })
    expect(byTicket(null, 'here')).toMatchObject({ code: 'rate_limited', retryAfterS: 60 })
    expect(await logIn('of the settings', 'here')).toMatchObject({ code: 'rate_limited' })
    expect(byTicket(ana, 'here')).toEqual({ ok: true, value: ana })
  })

  it('takes a request without any token for no guess', async () => {
    const { logIn } = logins()
    for (let count = 0; count < 20; count += 1) expect(await logIn(undefined, 'here')).toMatchObject({ code: 'unauthorized' })
    expect(await logIn('of the settings', 'here')).toEqual({ ok: true, value: admin })
  })
})
