import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Result } from '#shared/domain/failure.ts'
import { matchTimes, type Believed, type MatchStore, type Told } from '../match-store.ts'
import { expectSound, playMatching, steps } from './match-play.ts'

/** What a suite needs of a kind of store: the views of any number of instances on the same data, and a clock that only it moves. */
export type MatchLab = {
  readonly store: (instance: string) => MatchStore
  readonly pass: (ms: number) => Promise<void>
  /** Empties what it stands on; null for a kind that can't lose anything while it lives. */
  readonly lose: (() => Promise<void>) | null
  readonly dispose: () => Promise<void>
}

const { leaseMs, graceMs, rememberMs } = matchTimes
const waiting = { kind: 'waiting', position: 1 } as const
const absent = { kind: 'absent' } as const
const left = (room: string) => ({ kind: 'left', room }) as const
const matched = (room: string, partner: string) => ({ kind: 'matched', room, partner }) as const
const waits = (username: string): Believed => ({ username, state: waiting })

/** What every store does, on whatever it stands. */
export function describeMatchStore(kind: string, open: () => Promise<MatchLab>): void {
  describe(`a match store: ${kind}`, () => {
    let lab: MatchLab
    let [here, there]: MatchStore[] = []

    beforeEach(async () => {
      lab = await open()
      here = lab.store('here')
      there = lab.store('there')
    })
    afterEach(() => lab.dispose())

    async function of<T>(answer: Promise<Result<Told<T>>> | undefined): Promise<Told<T>> {
      const result = await answer
      if (!result?.ok) throw new Error(result?.message ?? 'there is no store')
      return result.value
    }
    async function pair(): Promise<void> {
      await of(here?.join('ana', 'unused'))
      await of(there?.join('bo', 'room 1'))
    }

    it('S0.6 two who queue are paired in the room of the second; the first is told by those who have their connections', async () => {
      expect(await of(here?.join('ana', 'unused'))).toEqual({ value: waiting, touched: [] })
      expect(await of(there?.join('bo', 'room 1'))).toEqual({
        value: matched('room 1', 'ana'),
        touched: [{ username: 'ana', state: matched('room 1', 'bo'), instances: ['here'] }],
      })
      expect(await of(here?.counts())).toEqual({ value: { activeMatches: 1, queueLength: 0 }, touched: [] })
      expect(await of(there?.join('cy', 'unused'))).toMatchObject({ value: waiting })
      expect(await of(here?.counts())).toMatchObject({ value: { activeMatches: 1, queueLength: 1 } })
    })

    it('S0.6 whose pairing was told to nobody finds it at the next look', async () => {
      await pair()
      expect(await of(here?.look([waits('ana')]))).toEqual({ value: [matched('room 1', 'bo')], touched: [] })
    })

    it('S0.6 joining twice is one entry, and nobody is paired with themself', async () => {
      await of(here?.join('ana', 'unused'))
      expect(await of(here?.join('ana', 'unused'))).toMatchObject({ value: waiting })
      expect(await of(there?.join('ana', 'unused'))).toMatchObject({ value: waiting })
      expect(await of(here?.counts())).toMatchObject({ value: { activeMatches: 0, queueLength: 1 } })
    })

    it('S0.6 joining while matched finds the same match, here and there', async () => {
      await pair()
      expect(await of(there?.join('ana', 'room 2'))).toEqual({ value: matched('room 1', 'bo'), touched: [] })
      expect(await of(here?.join('ana', 'room 2'))).toMatchObject({ value: matched('room 1', 'bo') })
    })

    it('S0.6 who cancels or disconnects leaves the queue, unless another instance has a connection of theirs', async () => {
      await of(here?.join('ana', 'unused'))
      expect(await of(here?.leave('ana'))).toEqual({ value: absent, touched: [] })
      await of(here?.join('bo', 'unused'))
      await of(here?.release(['bo'], false))
      expect(await of(here?.counts())).toMatchObject({ value: { activeMatches: 0, queueLength: 0 } })
      await of(here?.join('cy', 'unused'))
      await of(there?.join('cy', 'unused'))
      expect(await of(here?.leave('cy'))).toMatchObject({ value: waiting })
      await of(there?.release(['cy'], false))
      expect(await of(here?.look([waits('cy')]))).toMatchObject({ value: [absent] })
    })

    it('S0.6 who leaves a match leaves the other behind, who can queue again', async () => {
      await pair()
      expect(await of(here?.leave('ana'))).toEqual({
        value: absent,
        touched: [{ username: 'bo', state: left('room 1'), instances: ['there'] }],
      })
      expect(await of(there?.look([{ username: 'bo', state: matched('room 1', 'ana') }]))).toMatchObject({ value: [left('room 1')] })
      expect(await of(there?.counts())).toMatchObject({ value: { activeMatches: 0, queueLength: 0 } })
      await of(there?.join('bo', 'unused'))
      expect(await of(here?.join('ana', 'room 2'))).toMatchObject({ value: matched('room 2', 'bo') })
    })

    it('S0.6 leaving the match of one room leaves no other', async () => {
      await pair()
      expect(await of(here?.leave('ana', 'room 0'))).toEqual({ value: matched('room 1', 'bo'), touched: [] })
      await of(here?.join('cy', 'unused'))
      expect(await of(here?.leave('cy', 'room 0'))).toMatchObject({ value: waiting })
      expect(await of(here?.leave('ana', 'room 1'))).toMatchObject({ value: absent, touched: [{ username: 'bo' }] })
    })

    it('S0.6 who is gone finds the match again within the grace; after it the other is told', async () => {
      await pair()
      await of(here?.release(['ana'], false))
      await lab.pass(graceMs - 1)
      expect(await of(there?.join('ana', 'room 2'))).toEqual({ value: matched('room 1', 'bo'), touched: [] })
      await of(there?.release(['ana'], false))
      await lab.pass(graceMs)
      expect(await of(here?.counts())).toEqual({
        value: { activeMatches: 0, queueLength: 0 },
        touched: [{ username: 'bo', state: left('room 1'), instances: ['there'] }],
      })
    })

    it('S0.6 the queue of an instance that departs is kept for the grace', async () => {
      await of(here?.join('ana', 'unused'))
      await of(here?.release(['ana'], true))
      await lab.pass(graceMs - 1)
      expect(await of(there?.join('ana', 'unused'))).toMatchObject({ value: waiting })
      await of(there?.release(['ana'], true))
      await lab.pass(graceMs)
      expect(await of(here?.counts())).toMatchObject({ value: { activeMatches: 0, queueLength: 0 } })
    })

    it('S0.6 what a crashed instance held expires, and what is looked at stays', async () => {
      await pair()
      await of(here?.join('cy', 'unused'))
      await lab.pass(leaseMs - 1)
      expect(await of(there?.look([{ username: 'bo', state: matched('room 1', 'ana') }]))).toMatchObject({ touched: [] })
      await lab.pass(1)
      const { value, touched } = await of(there?.look([{ username: 'bo', state: matched('room 1', 'ana') }]))
      expect(value).toEqual([left('room 1')])
      expect(touched).toEqual([{ username: 'bo', state: left('room 1'), instances: ['there'] }])
      expect(await of(there?.counts())).toMatchObject({ value: { activeMatches: 0, queueLength: 0 } })
    })

    it('S0.6 that somebody was left behind is forgotten after ten minutes', async () => {
      await pair()
      await of(here?.leave('ana'))
      await lab.pass(rememberMs)
      expect(await of(there?.look([{ username: 'bo', state: matched('room 1', 'ana') }]))).toMatchObject({ value: [absent] })
    })

    it('S0.6 a match that ended is not taken up again', async () => {
      await pair()
      await of(here?.leave('ana'))
      expect(await of(here?.resume('ana', matched('room 1', 'bo')))).toMatchObject({ value: left('room 1') })
      await of(there?.join('bo', 'unused'))
      expect(await of(here?.resume('ana', matched('room 1', 'bo')))).toMatchObject({ value: left('room 1') })
      expect(await of(here?.counts())).toMatchObject({ value: { activeMatches: 0, queueLength: 1 } })
    })

    it('names are just names', async () => {
      const [odd, other] = ['{"room":"x"}:\u{1F984}__proto__', 'constructor']
      await of(here?.join(odd, 'unused'))
      expect(await of(there?.join(other, 'room 1'))).toMatchObject({ value: matched('room 1', odd), touched: [{ username: odd }] })
      expect(await of(here?.leave(odd))).toMatchObject({ touched: [{ username: other, state: left('room 1') }] })
    })

    it('S0.6 random joins, leaves, crashes and time passing: nobody is in two pairs, and nobody is lost', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(steps({ canLose: lab.lose !== null }), { maxLength: 40 }), async (history) => {
          const fresh = await open()
          try {
            expectSound(await playMatching(fresh, history))
          } finally {
            await fresh.dispose()
          }
        }),
        { numRuns: 300, seed: 20_266 },
      )
    }, 60_000)
  })
}
