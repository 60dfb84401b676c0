import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Profile } from '#shared/domain/profile.ts'
import { createSessionKeeper } from './session-keeper.ts'
import type { Session } from './session.ts'

describe('one session after the other', () => {
  let steps: string[]
  const ends = new Map<string, () => void>()
  beforeEach(() => {
    steps = []
    ends.clear()
  })
  const demo = (id: string): Profile => ({ kind: 'demo', id, name: id })

  /** Only what the keeper calls; the rest of a session is nothing to it. */
  function create(profile: Profile | null): Session {
    const id = profile?.id ?? 'none'
    const session: Pick<Session, 'profile' | 'start' | 'stop'> = {
      profile,
      start: () => void steps.push(`start ${id}`),
      stop() {
        steps.push(`stop ${id}`)
        return new Promise((resolve) => ends.set(id, resolve))
      },
    }
    // The keeper uses nothing but these three.
    return session as Session
  }

  it('is current at once, and starts when the one before has ended', async () => {
    const keeper = createSessionKeeper(demo('a'), create)
    keeper.switchTo(demo('b'))
    expect(keeper.current().profile).toEqual(demo('b'))
    expect(steps).toEqual(['start a', 'stop a'])
    ends.get('a')?.()
    await vi.waitFor(() => expect(steps).toEqual(['start a', 'stop a', 'start b']))
  })

  it('waits for all that are still ending', async () => {
    const keeper = createSessionKeeper(demo('a'), create)
    keeper.switchTo(demo('b'))
    keeper.switchTo(demo('c'))
    expect(steps).toEqual(['start a', 'stop a', 'stop b'])
    ends.get('b')?.()
    await nextTurn()
    expect(steps).toEqual(['start a', 'stop a', 'stop b'])
    const disposed = keeper.dispose()
    ends.get('c')?.()
    await nextTurn()
    expect(steps).toEqual(['start a', 'stop a', 'stop b', 'stop c'])
    ends.get('a')?.()
    await disposed
    expect(steps.slice(0, 4)).toEqual(['start a', 'stop a', 'stop b', 'stop c'])
    expect(steps.indexOf('start c')).toBe(steps.lastIndexOf('start c'))
  })
})
