import type { Participant } from '#shared/domain/participant.ts'
import { compareQuality } from '#shared/domain/presence.ts'
import type { ParticipantSort } from '../app/preferences-schema.ts'
import type { Signals } from './observe/signals.ts'
import { qualityOf } from './participant-view.ts'

const byText = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** The people of a room that a filter lets through, by name: those online, and those who were or will be here. */
export type Arranged = { readonly online: readonly Participant[]; readonly away: readonly Participant[] }

/** People in the order of what they are called. */
export function compareNames(a: Participant, b: Participant): number {
  return byText.compare(shownName(a), shownName(b)) || (a.identity < b.identity ? -1 : 1)
}

/** What a filter lets through of people who are sorted by name. */
export function arrangeByName(byName: readonly Participant[], filter: string): Arranged {
  const wanted = filter.trim().toLocaleLowerCase()
  const matching = wanted === '' ? byName : byName.filter((one) => matches(one, wanted))
  return { online: matching.filter((one) => one.isOnline), away: matching.filter((one) => !one.isOnline) }
}

/** The identities of people who are sorted by name, in the order asked for; equals keep their order. */
export function orderParticipants(byName: readonly Participant[], sort: ParticipantSort, signals: Signals): readonly string[] {
  return sortPeople(byName, sort, signals).map((one) => one.identity)
}

function sortPeople(byName: readonly Participant[], sort: ParticipantSort, signals: Signals): readonly Participant[] {
  switch (sort) {
    case 'name':
      return byName
    case 'speaking':
      return [...byName.filter((one) => signals.speaking.has(one.identity)), ...byName.filter((one) => !signals.speaking.has(one.identity))]
    case 'role':
      return byName.toSorted((a, b) => byText.compare(a.role, b.role))
    case 'joined':
      return byName.toSorted((a, b) => (b.joinedAt ?? 0) - (a.joinedAt ?? 0))
    case 'quality': {
      const groups = Map.groupBy(byName, (one) => qualityOf(one, signals))
      return [...groups].toSorted(([a], [b]) => compareQuality(b, a)).flatMap(([, people]) => people)
    }
  }
}

/** What somebody is called on the screen: the name, or the identity where there is none. */
export function shownName(participant: Pick<Participant, 'name' | 'identity'>): string {
  return participant.name.trim() === '' ? participant.identity : participant.name
}

/** How many others who are online have the same name. */
export function countNamesakes(participants: ReadonlyMap<string, Participant>, person: Participant): number {
  const name = shownName(person).trim().toLocaleLowerCase()
  let count = 0
  for (const other of participants.values())
    if (other.identity !== person.identity && other.isOnline && shownName(other).trim().toLocaleLowerCase() === name) count += 1
  return count
}

const invited = new WeakMap<ReadonlyMap<string, Participant>, number>()

/** How many are invited and have not come yet; counted once for each state of a room. */
export function countInvited(participants: ReadonlyMap<string, Participant>): number {
  const known = invited.get(participants)
  if (known !== undefined) return known
  let count = 0
  for (const { status } of participants.values()) if (status === 'INVITED') count += 1
  invited.set(participants, count)
  return count
}

function matches(participant: Participant, wanted: string): boolean {
  return [participant.name, participant.identity, participant.role].some((field) => field.toLocaleLowerCase().includes(wanted))
}
