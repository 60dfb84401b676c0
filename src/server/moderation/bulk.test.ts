import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ActionProgress } from '#shared/domain/action.ts'
import { fail } from '#shared/domain/failure.ts'
import { AT_ONCE } from './for-each-target.ts'
import { createProgress } from './progress.ts'
import { action, openLab, operator } from './testing/lab.ts'

const names = Array.from({ length: 40 }, (_, index) => `p${String(index).padStart(2, '0')}`)
const kim = operator('admin')

afterEach(() => void vi.useRealTimers())

describe('X6 an action for many', () => {
  it('has a result for each, in their order: done, gone, somebody else, failed', async () => {
    const { act, livekit } = await openLab(['ana', 'bo', 'cy'])
    livekit.people.delete('bo')
    const all = { identity: undefined, identities: ['ana', 'bo', 'cy', 'nobody', 'ana'], expect: { participantSids: { cy: 'PA_other' } } }
    expect(await act(action('remove', { ...all, reason: 'x' }))).toMatchObject({
      ok: true,
      targets: [
        { identity: 'ana', ok: true },
        { identity: 'bo', ok: false, detail: 'participant_gone', message: 'bo has left already' },
        { identity: 'cy', ok: false, detail: 'changed_meanwhile' },
        { identity: 'nobody', ok: false, detail: 'participant_gone' },
      ],
    })
    expect(livekit.asked).toEqual(['remove ana', 'remove bo'])
  })

  it('is at LiveKit with a few at once', async () => {
    const { act, livekit } = await openLab(names)
    let [now, most] = [0, 0]
    livekit.pause = async () => {
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => void setImmediate(resolve))
      now -= 1
    }
    await act(action('mute_all', { identity: undefined }))
    expect(livekit.asked).toHaveLength(names.length)
    expect(most).toBe(AT_ONCE)
  })

  it('can be cancelled by who asked for it: what was not begun is not done, and says so', async () => {
    const { moderator, livekit, audit } = await openLab(names)
    const bulk = action('remove', { identity: undefined, identities: names, reason: 'x' })
    const gate = Promise.withResolvers<void>()
    livekit.pause = () => gate.promise
    const progress: ActionProgress[] = []
    const answered = moderator.act(kim, bulk, (each) => progress.push(each))
    await vi.waitUntil(() => livekit.asked.length === AT_ONCE)
    expect(moderator.cancel(operator('admin', 'lee'), bulk.actionId)).toMatchObject({ code: 'not_found' })
    expect(moderator.cancel(kim, bulk.actionId)).toBeNull()
    gate.resolve()
    const result = await answered
    expect(livekit.asked).toHaveLength(AT_ONCE)
    const targets = result.ok ? result.targets : []
    expect(targets.map(({ ok }) => ok)).toEqual(names.map((_, index) => index < AT_ONCE))
    expect(targets.at(-1)).toMatchObject({ code: 'conflict', message: 'cancelled: nothing was done' })
    expect(progress.at(-1)).toEqual({ actionId: bulk.actionId, done: AT_ONCE, of: names.length, failed: 0 })
    expect(audit.lines).toEqual(['begin remove', 'end remove failed'])
    expect(moderator.cancel(kim, bulk.actionId)).toMatchObject({ code: 'not_found' })
  })

  it('ends with its server: what was not begun is not done, and what was done is in the audit', async () => {
    const { moderator, livekit, audit } = await openLab(names)
    const gate = Promise.withResolvers<void>()
    livekit.pause = () => gate.promise
    const bulk = action('remove', { identity: undefined, identities: names, reason: 'x' })
    const answered = moderator.act(kim, bulk)
    await vi.waitUntil(() => livekit.asked.length === AT_ONCE)
    const single = moderator.act(kim, action('remove', { identity: names.at(-1), reason: 'x' }))
    const stopped = moderator.stop().then(() => audit.lines.push('stopped'))
    gate.resolve()
    await stopped
    expect(livekit.asked).toHaveLength(AT_ONCE + 1)
    const [of, one] = await Promise.all([answered, single])
    expect(of.ok && of.targets.filter(({ ok }) => ok).length).toBe(AT_ONCE)
    expect(one).toMatchObject({ ok: true, targets: [{ ok: true }] })
    expect(audit.lines.toSorted()).toEqual(['begin remove', 'begin remove', 'end remove done', 'end remove failed', 'stopped'])
    expect(audit.lines.at(-1)).toBe('stopped')
  })

  it('tells how far it is, and how many failed; one for one person tells nothing', async () => {
    const { moderator, livekit } = await openLab(['ana', 'bo', 'cy'])
    livekit.failing.set('removeParticipant', { failure: fail('forbidden', 'no', 'key_lacks_grant') })
    const progress: ActionProgress[] = []
    const bulk = action('remove', { identity: undefined, identities: ['ana', 'bo', 'cy'], reason: 'x' })
    await moderator.act(kim, bulk, (each) => progress.push(each))
    expect(progress[0]).toMatchObject({ done: 0, of: 3, failed: 0 })
    expect(progress.at(-1)).toMatchObject({ done: 3, of: 3, failed: 3 })
    await moderator.act(kim, action('remove', { reason: 'x' }), () => expect.unreachable())
  })

  it('is told at most four times a second, and at its end', () => {
    let ms = 0
    const told: ActionProgress[] = []
    const progress = createProgress(
      'id',
      (each) => told.push(each),
      () => ms,
    )
    progress.count(1000)
    for (let index = 0; index < 1000; index += 1) {
      ms += 2
      progress.target({ identity: String(index), ok: index % 10 > 0 })
    }
    progress.end()
    progress.end()
    expect(told.map(({ done }) => done)).toEqual([0, 125, 250, 375, 500, 625, 750, 875, 1000])
    expect(told.at(-1)).toEqual({ actionId: 'id', done: 1000, of: 1000, failed: 100 })
  })
})
