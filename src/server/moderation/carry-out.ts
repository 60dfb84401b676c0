import { identitiesOf, isBulk, type ActionOf } from '#shared/domain/action.ts'
import { succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { asFailure, forEachTarget } from './for-each-target.ts'
import { editMeasure, imposeOnPeople, liftMeasure, lock } from './measures.ts'
import { giveRole, remove, sendMessage, setPersonMetadata } from './people.ts'
import { grantSources, setPermissions } from './permissions.ts'
import { closeRoom, held, muteAll, sendToRoom, setRoomMetadata } from './room-actions.ts'
import { findPerson, findRoom, mistaken, type Person } from './targets.ts'
import { muteSources, muteTrack } from './tracks.ts'
import type { Outcome, Undertaking } from './undertaking.ts'

/** Does what an action asks for. A failure: it was not taken up, and nothing was done, or it was about a room and that failed. */
export async function carryOut(undertaking: Undertaking): Promise<Result<Outcome>> {
  const { action } = undertaking
  switch (action.type) {
    case 'mute_track':
      return onPeople(undertaking, (person) => muteTrack(undertaking, person, action.trackSid))
    case 'mute':
      return onPeople(undertaking, (person) => muteSources(undertaking, person, action.sources, true))
    case 'unmute':
      return onPeople(undertaking, (person) => muteSources(undertaking, person, action.sources, false))
    case 'mute_all':
      return muteAll({ ...undertaking, action })
    case 'remove':
      return onPeople(undertaking, (person) => remove(undertaking, person))
    case 'set_permissions':
      return onPeople(undertaking, (person) => setPermissions({ ...undertaking, action }, person))
    case 'grant_sources':
      return onPeople(undertaking, (person) => grantSources({ ...undertaking, action }, person))
    case 'set_role':
      return giveRoles({ ...undertaking, action })
    case 'set_metadata':
      if (identitiesOf(action).length === 0) return setRoomMetadata({ ...undertaking, action })
      return onPeople(undertaking, (person) => setPersonMetadata(undertaking, person, action.metadata))
    case 'send_message':
      if (identitiesOf(action).length === 0) return sendToRoom({ ...undertaking, action })
      return onPeople(undertaking, (person) => sendMessage(undertaking, person, action.text))
    case 'close_room':
      return closeRoom({ ...undertaking, action })
    case 'ban':
    case 'deny_sources':
      return imposeOnPeople({ ...undertaking, action })
    case 'lock':
      return lock({ ...undertaking, action })
    case 'edit_measure':
      return editMeasure({ ...undertaking, action })
    case 'lift':
      return liftMeasure({ ...undertaking, action })
    default:
      return assertNever(action, 'action')
  }
}

/** Does something to each of those named who are there. The one person it is about must be; of several, each has a result. */
async function onPeople(undertaking: Undertaking, work: (person: Person) => Promise<Failure | null>): Promise<Result<Outcome>> {
  const { action, means, course, onCount } = undertaking
  const found = findRoom(means, action)
  if (!found.ok) return found
  const identities = identitiesOf(action)
  const [only] = identities
  if (!isBulk(action) && only !== undefined) {
    const person = findPerson(found.value, action, only)
    if (!person.ok) return person
  }
  onCount(identities.length)
  const targets = await forEachTarget(identities, course, async (identity) => {
    // Anew for each: they may have left while others had their turn.
    const live = findRoom(means, action)
    const person = live.ok ? findPerson(live.value, action, identity) : live
    if (!person.ok) return person
    const failure = await held(undertaking, identity, () => work(person.value))
    return failure && inWords(failure, identity)
  })
  return succeed({ targets })
}

/** Gives each of those named a role in the room, whether they are there, have left or are to come. */
async function giveRoles(undertaking: Undertaking<ActionOf<'set_role'>>): Promise<Result<Outcome>> {
  const { action, means, course, onCount } = undertaking
  const found = findRoom(means, action)
  if (!found.ok) return found
  const identities = identitiesOf(action)
  onCount(identities.length)
  const targets = await forEachTarget(identities, course, async (identity) => {
    const mistake = mistaken(means, action, identity)
    return mistake ?? giveRole(undertaking, found.value, identity)
  })
  const [only] = targets
  return !isBulk(action) && only?.detail === 'changed_meanwhile' ? asFailure(only) : succeed({ targets })
}

/** LiveKit knows only that somebody has gone, not who. */
function inWords(failure: Failure, identity: string): Failure {
  return failure.detail === 'participant_gone' ? { ...failure, message: `${identity} has left already` } : failure
}
