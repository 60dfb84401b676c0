import { useEffect, useReducer } from 'react'
import { succeed } from '#shared/domain/failure.ts'
import { useSession } from '../../app/session.ts'
import { checkRules, isChanged, type FieldErrors, type RulesDraft } from './rules-draft.ts'
import { noRulesYet, reduceRules, type RulesState } from './rules-state.ts'
import { changeSettings, readSettings, useSettingsChanges } from './service-settings.ts'

const NO_ERRORS: FieldErrors = new Map()

export type AttentionRules = RulesState & {
  readonly isChanged: boolean
  readonly errors: FieldErrors
  readonly read: () => void
  readonly edit: (draft: RulesDraft) => void
  readonly discard: () => void
  /** Resolves to whether the draft could be sent. */
  readonly save: () => Promise<boolean>
  readonly choose: (whose: 'theirs' | 'ours') => void
}

/** The service's attention rules: read when the link is there, edited here, and saved when that is asked for. */
export function useAttentionRules(): AttentionRules {
  const isLinked = useSession((state) => state.connection.state === 'live' || state.connection.state === 'degraded')
  const [state, dispatch] = useReducer(reduceRules, noRulesYet)
  const { held } = state
  const checked = held === null ? null : checkRules(held.draft)

  useEffect(() => {
    if (!isLinked) return
    let isCurrent = true
    void readSettings().then((answer) => isCurrent && dispatch({ type: 'read', answer }))
    return () => void (isCurrent = false)
  }, [isLinked])

  // Another part of the page has changed the settings: their revision is another one now.
  useEffect(() => {
    return useSettingsChanges.subscribe(({ newest }) => {
      if (newest !== null) dispatch({ type: 'read', answer: succeed(newest) })
    })
  }, [])

  async function read() {
    dispatch({ type: 'read', answer: await readSettings() })
  }

  async function save(): Promise<boolean> {
    if (held === null || checked === null) return false
    if (!checked.ok) {
      dispatch({ type: 'refused_here' })
      return false
    }
    dispatch({ type: 'saving' })
    const answer = await changeSettings({ attention: checked.attention, revision: held.base.revision })
    dispatch({ type: 'saved', answer })
    if (!answer.ok && answer.code === 'conflict') await read()
    return true
  }

  return {
    ...state,
    isChanged: held !== null && isChanged(held.draft, held.base.attention),
    errors: checked === null || checked.ok ? NO_ERRORS : checked.errors,
    read: () => void read(),
    edit: (draft) => dispatch({ type: 'edited', draft }),
    discard: () => dispatch({ type: 'discarded' }),
    save,
    choose: (whose) => dispatch({ type: 'chose', whose }),
  }
}
