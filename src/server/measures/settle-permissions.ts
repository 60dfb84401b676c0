import { mayPublish, publishSourceSchema, type Permissions, type PublishSource } from '#shared/domain/participant.ts'

/** What measures took from somebody's stay and owe them; `hadAll`: LiveKit's list of sources was empty before, which means all. */
export type Debt = { readonly sources: readonly PublishSource[]; readonly hadAll: boolean }

/**
 * What is to be done about somebody's permissions. `next`: what they are to be; null where they are that already. `before`: what to write down as owed before LiveKit is asked, `after`:
 * what is owed once it has been; null: nothing. `taken` and `given`: the sources that change.
 */
export type Settlement = {
  readonly next: Permissions | null
  readonly before: Debt | null
  readonly after: Debt | null
  readonly taken: readonly PublishSource[]
  readonly given: readonly PublishSource[]
}

const all = publishSourceSchema.options

/** Takes away what is denied and gives back what is owed and denied no more, and nothing else. `takes`: false where nothing is enforced. Pure. */
export function settlePermissions(now: Permissions, debt: Debt | null, denied: readonly PublishSource[], takes = true): Settlement {
  const has = all.filter((source) => mayPublish(now, source))
  const owed = debt?.sources ?? []
  const taken = takes ? has.filter((source) => denied.includes(source)) : []
  const given = owed.filter((source) => !denied.includes(source) && !has.includes(source))
  const stays = new Set([...has.filter((source) => !taken.includes(source)), ...given])
  const owedBefore = all.filter((source) => owed.includes(source) || taken.includes(source))
  const hadAll = (debt?.hadAll ?? false) || (taken.length > 0 && now.canPublish && now.canPublishSources.length === 0)
  const owedAfter = owedBefore.filter((source) => denied.includes(source))
  return {
    next:
      taken.length + given.length === 0
        ? null
        : withSources(
            now,
            all.filter((source) => stays.has(source)),
            hadAll,
          ),
    before: debtOf(owedBefore, hadAll),
    after: debtOf(owedAfter, hadAll),
    taken,
    given,
  }
}

/** To LiveKit an empty list means all sources, so whoever may publish none may not publish. */
function withSources(permissions: Permissions, sources: readonly PublishSource[], hadAll: boolean): Permissions {
  const isAll = hadAll && sources.length === all.length
  return { ...permissions, canPublish: sources.length > 0, canPublishSources: isAll ? [] : [...sources] }
}

function debtOf(sources: readonly PublishSource[], hadAll: boolean): Debt | null {
  return sources.length === 0 ? null : { sources, hadAll }
}
