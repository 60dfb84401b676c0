import { identitiesOf, type Action, type PendingAction } from '#shared/domain/action.ts'
import type { Participant } from '#shared/domain/participant.ts'
import { text } from '../ui/text.ts'
import { shownName } from './arrange-participants.ts'

/** What an action is doing, has done, or failed at, in a word or two. */
export function outcomeText({ action, outcome, targets }: Pick<PendingAction, 'action' | 'outcome' | 'targets'>): string {
  const stages = text.actions.stages[stagesOf(action)]
  const done = targets?.filter((target) => target.ok).length ?? 0
  // Of many, some were done: that is no failure of all of it.
  if (outcome.state === 'failed' && targets !== undefined && targets.length > 1 && done > 0)
    return `${stages.done} ${text.actions.ofTargets(done, targets.length)}`
  return stages[outcome.state]
}

/** Whom or what an action is about: a person's name, how many people, or the room. */
export function whomText(action: Action, people: ReadonlyMap<string, Participant>): string {
  const identities = identitiesOf(action)
  const [first] = identities
  if (first === undefined) return action.room ?? ''
  if (identities.length > 1) return text.countPeople(identities.length)
  const person = people.get(first)
  return person === undefined ? first : shownName(person)
}

/** Why it failed, in plain words: ours where there are some for this, else the server's. */
export function failureWords({
  detail,
  message,
}: {
  readonly detail?: keyof typeof text.actions.details | undefined
  readonly message?: string | undefined
}): string {
  return detail === undefined ? (message ?? '') : text.actions.details[detail]
}

/** Stopping a video or a screen share is a mute of just these sources. */
function stagesOf(action: Action): keyof typeof text.actions.stages {
  if (action.type !== 'mute') return action.type
  if (action.sources.every((source) => source === 'camera')) return 'stop_video'
  return action.sources.every((source) => source === 'screen_share' || source === 'screen_share_audio') ? 'stop_screen' : 'mute'
}
