import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Action, ActionResult } from '#shared/domain/action.ts'
import { fail, type Failure } from '#shared/domain/failure.ts'
import type { Operator } from '#shared/domain/operator.ts'
import type { AuditIntent } from '#server/audit/audit.ts'
import { limitRefused } from './refused-actions.ts'

const kim: Operator = { name: 'kim', role: 'viewer' }
const remove = (): Action => ({ actionId: randomUUID(), type: 'remove', room: 'lobby', identity: 'ana', reason: 'spam' })
const forbidden = ({ actionId }: Action): ActionResult => ({ ...fail('forbidden', 'no'), actionId })
const done = ({ actionId }: Action): ActionResult => ({ ok: true, actionId, at: 1, targets: [{ identity: 'ana', ok: true }] })
const gone = ({ actionId }: Action): ActionResult => ({
  ok: true,
  actionId,
  at: 1,
  targets: [{ identity: 'ana', ok: false, code: 'not_found' }],
})

function openDoor(answer: (action: Action) => ActionResult | Promise<ActionResult>) {
  const taken: string[] = []
  const noted: { readonly intent: Omit<AuditIntent, 'actionId'>; readonly failure: Failure | null }[] = []
  let time = 0
  const moderator = limitRefused(
    {
      async act(operator, action) {
        taken.push(operator.name)
        return answer(action)
      },
      cancel: () => null,
      stop: () => Promise.resolve(),
    },
    {
      note(intent, failure) {
        noted.push({ intent, failure })
        return Promise.resolve()
      },
    },
    () => time,
  )
  const ask = async (times: number, operator = kim) => {
    let last: ActionResult | null = null
    for (let index = 0; index < times; index += 1) last = await moderator.act(operator, remove())
    return last
  }
  return { moderator, ask, taken, noted, pass: (ms: number) => (time += ms) }
}

describe('D6 actions that come to nothing', () => {
  it.each([
    ['refused', forbidden],
    ['tried in vain', gone],
  ])('are not taken up without end: %s', async (_how, answer) => {
    const { ask, taken, noted, pass } = openDoor(answer)
    await ask(100)
    pass(20_000)
    expect(await ask(1000)).toMatchObject({
      ok: false,
      code: 'rate_limited',
      message: expect.stringMatching(/^100 actions of kim were refused or failed within a minute: look why, and try again in 40 s\./),
    })
    expect(taken).toHaveLength(100)
    expect(noted).toMatchObject([
      { intent: { operator: kim, type: 'remove', room: 'lobby', identities: ['ana'] }, failure: { code: 'rate_limited' } },
    ])
  })

  it('are taken up again once the first of them is a minute old, and the audit is told again a minute after it was', async () => {
    const { ask, taken, noted, pass } = openDoor(forbidden)
    await ask(200)
    pass(59_999)
    await ask(1)
    expect([taken.length, noted.length]).toEqual([100, 1])
    pass(1)
    await ask(200)
    expect([taken.length, noted.length]).toEqual([200, 2])
  })

  it('are nobody else’s', async () => {
    const { ask, taken } = openDoor(forbidden)
    await ask(200)
    await ask(1, { name: 'lee', role: 'admin' })
    expect(taken.at(-1)).toBe('lee')
  })

  it('what is done is not counted', async () => {
    const { ask, taken, noted } = openDoor(done)
    expect(await ask(1000)).toMatchObject({ ok: true })
    expect([taken.length, noted.length]).toEqual([1000, 0])
  })

  it('nor are more than 500 under way at once, and as many again when these are over', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { moderator, taken, noted } = openDoor(async (action) => {
      await promise
      return done(action)
    })
    const asked = Array.from({ length: 600 }, () => moderator.act(kim, remove()))
    await expect(asked.at(-1)).resolves.toMatchObject({ ok: false, code: 'rate_limited' })
    expect([taken.length, noted.length]).toEqual([500, 1])
    resolve()
    await Promise.all(asked)
    expect(await moderator.act(kim, remove())).toMatchObject({ ok: true })
  })
})
