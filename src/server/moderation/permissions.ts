import type { ActionOf } from '#shared/domain/action.ts'
import { fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import { mayPublish, publishSourceSchema, type Permissions, type PublishSource } from '#shared/domain/participant.ts'
import type { Person } from './targets.ts'
import { tell, type Undertaking } from './undertaking.ts'

/** Changes what is named of somebody's permissions, and leaves the rest. What a measure denies can't be given that way. */
export async function setPermissions(undertaking: Undertaking<ActionOf<'set_permissions'>>, person: Person): Promise<Failure | null> {
  const { permissions } = undertaking.action
  let set: readonly PublishSource[] = []
  const failure = await change(undertaking, person, (now) => {
    const next = merged(now, permissions)
    // Of what a measure denies nothing changes here, and it is owed as before; but nothing is owed to who is to publish nothing at all.
    set = publishSourceSchema.options.filter(
      (source) => permissions.canPublish === false || mayPublish(now, source) !== mayPublish(next, source),
    )
    const denied = deniedOf(undertaking, person).filter((source) => mayPublish(next, source) && !mayPublish(now, source))
    return denied.length > 0 ? measureForbids(denied) : succeed(next)
  })
  if (failure) return failure
  if (set.length > 0) await setByHand(undertaking, person, set)
  return null
}

/** Lets somebody publish these sources: what denied them here is lifted, or leaves them out. */
export async function grantSources(undertaking: Undertaking<ActionOf<'grant_sources'>>, person: Person): Promise<Failure | null> {
  const { action, operator, by, means } = undertaking
  const exempted = await means.measures.desk.exempt(person.name, person.row.identity, action.sources, operator, by)
  if (!exempted.ok) return exempted
  const failure = await change(undertaking, person, (now) => succeed(withSources(now, action.sources)))
  if (!failure) await setByHand(undertaking, person, action.sources)
  return failure
}

/** What is left out, or `undefined`, stays as it is. */
function merged(now: Permissions, wanted: ActionOf<'set_permissions'>['permissions']): Permissions {
  return {
    canSubscribe: wanted.canSubscribe ?? now.canSubscribe,
    canPublish: wanted.canPublish ?? now.canPublish,
    canPublishData: wanted.canPublishData ?? now.canPublishData,
    canPublishSources: wanted.canPublishSources ?? now.canPublishSources,
    canUpdateMetadata: wanted.canUpdateMetadata ?? now.canUpdateMetadata,
  }
}

/** What they may publish now, and these; nothing else, although an empty list would mean all. */
function withSources(now: Permissions, sources: readonly PublishSource[]): Permissions {
  if (now.canPublish && now.canPublishSources.length === 0) return now
  const allowed = publishSourceSchema.options.filter((source) => mayPublish(now, source) || sources.includes(source))
  return { ...now, canPublish: true, canPublishSources: allowed }
}

async function change(
  undertaking: Undertaking,
  { name, room, row }: Person,
  decide: (now: Permissions) => Result<Permissions>,
): Promise<Failure | null> {
  const changed = await undertaking.means.permissions.change(name, row.identity, row.sid, decide)
  if (!changed.ok) return changed
  if (!changed.value.isChanged) return null
  const { after } = changed.value
  return tell(undertaking, { type: 'permission_changed', room: { name, sid: room.facts.sid, facts: null }, participant: after })
}

function deniedOf({ means }: Undertaking, { name, row }: Person): readonly PublishSource[] {
  return means.measures.book.check(row.identity, name).deniedSources
}

function measureForbids(sources: readonly PublishSource[]): Failure {
  return fail('conflict', `a measure in force denies ${sources.join(' and ')}: lift it, or grant the source`)
}

async function setByHand({ means }: Undertaking, { name, row }: Person, sources: readonly PublishSource[]): Promise<void> {
  await means.measures.desk.setByHand({ sid: row.sid, room: name, identity: row.identity }, sources)
}
