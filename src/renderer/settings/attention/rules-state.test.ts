import { describe, expect, it } from 'vitest'
import { defaultSettings, type ServiceSettings } from '#shared/contract/http-settings.ts'
import { defaultAttention } from '#shared/domain/attention.ts'
import { fail, succeed } from '#shared/domain/failure.ts'
import { setRule } from './edit-draft.ts'
import { draftOf } from './rules-draft.ts'
import { noRulesYet, reduceRules, type RulesEvent, type RulesState } from './rules-state.ts'

function withAlone(seconds: number, revision: number): ServiceSettings {
  const thresholds = { ...defaultAttention.thresholds, alone: { on: true, seconds } }
  return { ...defaultSettings, revision, attention: { ...defaultAttention, thresholds } }
}
const first = withAlone(60, 1)
const theirs = withAlone(90, 2)
const draft = setRule(draftOf(first.attention), 'alone', { on: true, seconds: 30 })
const read = (settings: ServiceSettings): RulesEvent => ({ type: 'read', answer: succeed(settings) })
const after = (...events: readonly RulesEvent[]): RulesState => events.reduce(reduceRules, noRulesYet)
const edited = after(read(first), { type: 'edited', draft })

describe('the attention rules on the page', () => {
  it('nothing is held until they were read; a failure says why', () => {
    expect(after({ type: 'discarded' })).toBe(noRulesYet)
    const refused = fail('unavailable', 'not connected')
    expect(after({ type: 'read', answer: refused })).toEqual({ held: null, isSaving: false, outcome: refused })
  })

  it('what is read anew replaces what was not edited', () => {
    expect(after(read(first), read(theirs)).held).toEqual({ base: theirs, draft: draftOf(theirs.attention), theirs: null })
  })

  it('a draft stays when the same, or what it says itself, is read anew', () => {
    expect(reduceRules(edited, read(first)).held).toEqual({ base: first, draft, theirs: null })
    const done = withAlone(30, 2)
    expect(reduceRules(edited, read(done)).held).toEqual({ base: done, draft: draftOf(done.attention), theirs: null })
  })

  it('where somebody else was faster theirs lie beside the draft, and one of the two is chosen', () => {
    const both = reduceRules(edited, read(theirs))
    expect(both.held).toEqual({ base: first, draft, theirs })
    expect(reduceRules(both, { type: 'chose', whose: 'theirs' }).held).toEqual({
      base: theirs,
      draft: draftOf(theirs.attention),
      theirs: null,
    })
    expect(reduceRules(both, { type: 'chose', whose: 'ours' }).held).toEqual({ base: theirs, draft, theirs: null })
  })

  it('who was faster stays told when the rules are read anew, until one of the two is chosen', () => {
    const conflict = fail('conflict', 'mo has changed the settings meanwhile', 'changed_meanwhile')
    const refused = reduceRules(edited, { type: 'saved', answer: conflict })
    expect(reduceRules(refused, read(first))).toMatchObject({ held: { draft, theirs: null }, outcome: conflict })
    const both = reduceRules(refused, read(theirs))
    expect(both).toMatchObject({ held: { draft, theirs }, outcome: conflict })
    expect(reduceRules(both, { type: 'chose', whose: 'ours' }).outcome).toBeNull()
    const away = reduceRules(edited, { type: 'saved', answer: fail('unavailable', 'away') })
    expect(reduceRules(away, read(first)).outcome).toBeNull()
  })

  it('discarding goes back to what the server had', () => {
    expect(reduceRules(edited, { type: 'discarded' }).held).toEqual({ base: first, draft: draftOf(first.attention), theirs: null })
  })

  it('while they are saved nothing is edited; saved they are held as the server answered', () => {
    const saving = reduceRules(edited, { type: 'saving' })
    expect(saving.isSaving).toBe(true)
    expect(reduceRules(saving, { type: 'edited', draft: draftOf(theirs.attention) })).toBe(saving)
    const saved = reduceRules(saving, { type: 'saved', answer: succeed(theirs) })
    expect(saved).toEqual({ held: { base: theirs, draft: draftOf(theirs.attention), theirs: null }, isSaving: false, outcome: 'saved' })
    expect(reduceRules(saved, { type: 'edited', draft }).outcome).toBeNull()
  })

  it('a refusal keeps the draft and says why', () => {
    const refused = fail('forbidden', 'only an admin may')
    expect(reduceRules(reduceRules(edited, { type: 'saving' }), { type: 'saved', answer: refused })).toEqual({
      held: { base: first, draft, theirs: null },
      isSaving: false,
      outcome: refused,
    })
    expect(reduceRules(edited, { type: 'refused_here' })).toMatchObject({ held: { draft }, outcome: 'invalid' })
  })
})
