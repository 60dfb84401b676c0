import type { Participant } from '#shared/domain/participant.ts'
import { text } from '../../ui/text.ts'
import type { ParticipantView } from '../participant-view.ts'
import { personDeeds, type PersonDeed } from './deed.ts'

/** Why each deed can't be done to a person now; null when it can. */
export type Blocks = Readonly<Record<PersonDeed, string | null>>

/** Deeds on somebody who is not here: nobody can come in while banned, and a role waits for them. */
const alsoAway: ReadonlySet<PersonDeed> = new Set(['ban', 'deny', 'role'])

type Seen = Pick<ParticipantView, 'audio' | 'video' | 'screen'>

/** What keeps each deed from being done to a person. `offline`: what holds for everybody, as while nothing can be sent. */
export function blocksFor(offline: string | null, person: Pick<Participant, 'isOnline'>, seen: Seen): Blocks {
  const nothing: Partial<Blocks> = {
    mute: seen.audio === 'on' ? null : text.actions.nothingToMute,
    stop_video: seen.video === 'on' ? null : text.actions.nothingToStop,
    stop_screen: seen.screen === 'on' ? null : text.actions.nothingShared,
  }
  const away = person.isOnline ? null : text.actions.away
  const blocks = personDeeds.map((deed) => [deed, offline ?? (alsoAway.has(deed) ? null : away) ?? nothing[deed] ?? null] as const)
  return Object.fromEntries(blocks) as Blocks // `personDeeds` are all there are.
}

/** Those of several people to whom a deed can be done: muting leaves out who is silent anyway. */
export function reachable<Person extends Pick<Participant, 'isOnline'>>(
  deed: PersonDeed,
  people: readonly Person[],
  seen: (person: Person) => Seen,
): readonly Person[] {
  return people.filter((person) => blocksFor(null, person, seen(person))[deed] === null)
}
