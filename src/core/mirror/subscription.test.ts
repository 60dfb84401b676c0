import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { createSubscription } from './subscription.ts'

describe('a subscription', () => {
  let answers: ((result: Result<string>) => void)[]
  const ask = vi.fn(() => new Promise<Result<string>>((resolve) => void answers.push(resolve)))
  const arrived = vi.fn((_answer: string) => true)
  const refused = vi.fn()
  const create = () => createSubscription({ ask, arrived, refused })
  beforeEach(() => {
    vi.useFakeTimers()
    vi.clearAllMocks()
    answers = []
  })
  afterEach(() => void vi.useRealTimers())
  async function answer(result: Result<string>): Promise<void> {
    answers.shift()?.(result)
    await vi.advanceTimersByTimeAsync(0)
  }

  it('asks once at a time', async () => {
    const subscription = create()
    subscription.renew()
    subscription.renew()
    await answer(succeed('first'))
    expect(ask).toHaveBeenCalledTimes(1)
    subscription.renew()
    expect(ask).toHaveBeenCalledTimes(2)
  })

  it('takes no answer of a connection that is gone', async () => {
    const subscription = create()
    subscription.renew()
    subscription.suspend()
    subscription.renew()
    await answer(succeed('of the old connection'))
    expect(arrived).not.toHaveBeenCalled()
    await answer(succeed('of the new one'))
    expect(arrived.mock.calls).toEqual([['of the new one']])
  })

  it('asks again later while it is refused for now, and stops when it is suspended', async () => {
    const subscription = create()
    subscription.renew()
    await answer(fail('unavailable', 'busy'))
    expect(ask).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(ask).toHaveBeenCalledTimes(2)
    await answer(fail('unavailable', 'busy'))
    subscription.suspend()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(ask).toHaveBeenCalledTimes(2)
    expect(refused).toHaveBeenCalledTimes(2)
  })

  it.each(['forbidden', 'not_found', 'unauthorized'] as const)('does not ask again when it is %s', async (code) => {
    create().renew()
    await answer(fail(code, 'no'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ask).toHaveBeenCalledTimes(1)
  })
})
