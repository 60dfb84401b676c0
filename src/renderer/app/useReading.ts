import { useCallback, useEffect, useRef, useState } from 'react'
import type { Failure, Result } from '#shared/domain/failure.ts'
import { useSession } from './session.ts'

/** What was asked for. The last value stays while it is read again, and when that fails: then both are there. */
export type Reading<T> = {
  readonly value: T | null
  readonly failure: Failure | null
  readonly isReading: boolean
  /** Reads it once more. */
  readonly again: () => void
}

type Held<T> = Omit<Reading<T>, 'again'> & { readonly key: string }

/** Reads as soon as there is a link, and again after a link was lost. `key` names what is read: another one starts anew. Null: nothing is read. */
export function useReading<T>(key: string | null, read: () => Promise<Result<T>>): Reading<T> {
  const isLinked = useSession((state) => state.connection.state === 'live' || state.connection.state === 'degraded')
  const [held, setHeld] = useState<Held<T>>(() => nothing(key))
  const latest = useRef({ key, read, isLinked })
  const turn = useRef(0)
  useEffect(() => {
    latest.current = { key, read, isLinked }
  })
  if (held.key !== (key ?? '')) setHeld(nothing(key))

  // Stays the same function: who calls it late, when something else is wanted by now, has just that read again.
  const again = useCallback(() => {
    const { key: wanted, read: ask, isLinked: canAsk } = latest.current
    turn.current += 1
    const mine = turn.current
    if (!canAsk || wanted === null) return
    void ask().then((answer) => {
      // Something else was asked for since: this answer may be older.
      if (turn.current === mine) setHeld((before) => take(before.key === wanted ? before : nothing(wanted), answer))
    })
  }, [])

  useEffect(() => {
    if (isLinked && key !== null) again()
    return () => {
      turn.current += 1
    }
  }, [again, isLinked, key])

  const { value, failure, isReading } = held.key === (key ?? '') ? held : nothing<T>(key)
  return { value, failure, isReading, again }
}

function take<T>(before: Held<T>, answer: Result<T>): Held<T> {
  const told = answer.ok ? { value: answer.value, failure: null } : { value: before.value, failure: answer }
  return { key: before.key, isReading: false, ...told }
}

function nothing<T>(key: string | null): Held<T> {
  return { key: key ?? '', value: null, failure: null, isReading: key !== null }
}
