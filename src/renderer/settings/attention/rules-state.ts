import type { ServiceSettings } from '#shared/contract/http-settings.ts'
import type { Failure, Result } from '#shared/domain/failure.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { draftOf, isChanged, type RulesDraft } from './rules-draft.ts'

/** The rules on the page: as the server has them, and as the fields do. */
export type HeldRules = {
  /** What the server had when it was asked last; a change is made against its revision. */
  readonly base: ServiceSettings
  readonly draft: RulesDraft
  /** What somebody else has made of it since, while there is a draft of our own. */
  readonly theirs: ServiceSettings | null
}

export type RulesState = {
  readonly held: HeldRules | null
  readonly isSaving: boolean
  /** What became of the last reading or saving, where it is to be told. */
  readonly outcome: 'saved' | 'invalid' | Failure | null
}

export type RulesEvent =
  | { readonly type: 'read'; readonly answer: Result<ServiceSettings> }
  | { readonly type: 'edited'; readonly draft: RulesDraft }
  | { readonly type: 'discarded' }
  /** The draft can't be sent as it is. */
  | { readonly type: 'refused_here' }
  | { readonly type: 'saving' }
  | { readonly type: 'saved'; readonly answer: Result<ServiceSettings> }
  /** Of two drafts: theirs instead of ours, or ours to be saved over theirs. */
  | { readonly type: 'chose'; readonly whose: 'theirs' | 'ours' }

export const noRulesYet: RulesState = { held: null, isSaving: false, outcome: null }

export function reduceRules(state: RulesState, event: RulesEvent): RulesState {
  switch (event.type) {
    case 'read':
      return event.answer.ok
        ? { ...state, held: take(state.held, event.answer.value), outcome: conflictOf(state.outcome) }
        : { ...state, outcome: event.answer }
    case 'saving':
      return { ...state, isSaving: true, outcome: null }
    case 'saved':
      return event.answer.ok
        ? { held: hold(event.answer.value), isSaving: false, outcome: 'saved' }
        : { ...state, isSaving: false, outcome: event.answer }
    case 'refused_here':
      return { ...state, outcome: 'invalid' }
    case 'edited':
    case 'discarded':
    case 'chose':
      // What is on its way stays what is on the page, until the answer is here.
      return state.held === null || state.isSaving ? state : { ...state, held: change(state.held, event), outcome: null }
    default:
      return assertNever(event, 'event')
  }
}

function hold(base: ServiceSettings): HeldRules {
  return { base, draft: draftOf(base.attention), theirs: null }
}

/** What was read replaces what is held, but no draft of ours that says something else: then it lies beside it. */
function take(held: HeldRules | null, read: ServiceSettings): HeldRules {
  if (held === null || !isChanged(held.draft, held.base.attention) || !isChanged(held.draft, read.attention)) return hold(read)
  if (read.revision === held.base.revision) return held
  // Something else of the settings has changed: these rules are what they were.
  return isChanged(draftOf(read.attention), held.base.attention) ? { ...held, theirs: read } : { ...held, base: read }
}

function change(held: HeldRules, event: Extract<RulesEvent, { type: 'edited' | 'discarded' | 'chose' }>): HeldRules {
  if (event.type === 'edited') return { ...held, draft: event.draft }
  const newest = held.theirs ?? held.base
  return event.type === 'chose' && event.whose === 'ours' ? { ...held, base: newest, theirs: null } : hold(newest)
}

/** Why there are two of them stays told until one is chosen. */
export function conflictOf(outcome: RulesState['outcome']): Failure | null {
  return outcome !== null && typeof outcome !== 'string' && outcome.code === 'conflict' ? outcome : null
}
