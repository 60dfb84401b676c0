import { useState } from 'react'
import { whyNot } from '#shared/domain/operator.ts'
import { useSession } from '../../app/session.ts'
import { confirmDeed, type Asked } from './deeds-store.ts'
import { affected, checkDraft, makeAction, newDraft, type Draft, type DraftError } from './make-action.ts'

type DraftState = {
  readonly draft: Draft
  readonly change: (change: Partial<Draft>) => void
  /** How many people it is for, those left out not counted. */
  readonly count: number
  /** What is missing: shown once it was tried to send it so. */
  readonly errors: ReadonlySet<DraftError>
  /** Why the operator may not do just this. */
  readonly refused: string | null
  readonly submit: () => void
}

const none: ReadonlySet<DraftError> = new Set()

/** What is filled in for a deed, and what it still lacks. */
export function useDraft(asked: Asked): DraftState {
  const { deed, target } = asked
  const [draft, setDraft] = useState(() => newDraft(deed))
  /** When it was last tried to send it, or changed after that (ms); null: not tried yet. */
  const [tried, setTried] = useState<number | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  const errors = tried === null ? none : checkDraft(deed, target, draft, tried)

  function submit() {
    const now = Date.now()
    setTried(now)
    if (checkDraft(deed, target, draft, now).size > 0) return
    const { operator } = useSession.getState()
    const why = operator === null ? null : whyNot(operator, makeAction(deed, target, draft, crypto.randomUUID(), now), now)
    setRefused(why)
    if (why === null) confirmDeed(asked, draft)
  }

  return {
    draft,
    change(change) {
      setDraft((current) => ({ ...current, ...change }))
      setRefused(null)
      if (tried !== null) setTried(Date.now())
    },
    count: affected(target, draft).length,
    errors,
    refused,
    submit,
  }
}
