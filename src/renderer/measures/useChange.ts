import { useState } from 'react'
import type { Measure } from '#shared/domain/measure.ts'
import { act } from '../app/actions.ts'
import type { Reading } from '../app/useReading.ts'
import { makeChange } from './change-until.ts'

/** What became of a change that was sent. `outrun`: somebody else has changed the measure since it was seen; `wanted` is the end (ms) that was asked for. */
export type ChangeState =
  | { readonly state: 'editing'; readonly problem: string | null }
  | { readonly state: 'sending' }
  | { readonly state: 'outrun'; readonly wanted: number | null; readonly why: string }

export type Change = {
  readonly current: ChangeState
  /** What somebody else made of it: null while that is read, `gone` where it is not in force any more. */
  readonly theirs: Measure | 'gone' | null
  readonly send: (against: Measure, until: number | null, reason: string) => Promise<void>
}

/** Sends a new end of a measure; where another operator was faster, what they made of it is read. */
export function useChange(measure: Measure, newest: Reading<readonly Measure[]>, onDone: () => void): Change {
  const [current, setCurrent] = useState<ChangeState>({ state: 'editing', problem: null })
  const [seen, setSeen] = useState(measure.revision)

  async function send(against: Measure, until: number | null, reason: string) {
    setCurrent({ state: 'sending' })
    const { outcome } = await act(makeChange(against, until, reason, crypto.randomUUID()))
    if (outcome.state !== 'failed') return onDone()
    if (outcome.code !== 'conflict') return setCurrent({ state: 'editing', problem: outcome.message })
    setSeen(against.revision)
    setCurrent({ state: 'outrun', wanted: until, why: outcome.message })
    newest.again()
  }
  return { current, theirs: newest.value === null ? null : findTheirs(newest.value, measure.id, seen), send }
}

function findTheirs(measures: readonly Measure[], id: string, seen: number): Change['theirs'] {
  const held = measures.find((measure) => measure.id === id)
  if (held === undefined) return 'gone'
  return held.revision > seen ? held : null
}
