import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { Measure } from '#shared/domain/measure.ts'
import type { PublishSource } from '#shared/domain/participant.ts'
import { wordsOf } from './measure-words.ts'

/** What is to become of a measure so that it denies somebody no more; null: it is lifted. */
export type Exemption = { readonly measure: Measure; readonly update: Partial<Pick<Measure, 'sources' | 'except'>> | null }

/**
 * What is to be changed of measures that are in force for somebody in a room, so that none denies them these sources there. Pure. What is denied in all rooms can't be freed in one: it is to be lifted
 * by who means that.
 */
export function planExemptions(measures: readonly Measure[], identity: string, sources: readonly string[]): Result<readonly Exemption[]> {
  const plan: Exemption[] = []
  for (const measure of measures) {
    const denied = measure.sources?.filter((source) => sources.includes(source)) ?? []
    if (denied.length === 0) continue
    if (measure.scope === 'all') return everywhere(measure, identity, denied)
    plan.push({ measure, update: freeing(measure, identity, denied) })
  }
  return succeed(plan)
}

function freeing(measure: Measure, identity: string, denied: readonly PublishSource[]): Exemption['update'] {
  const { kind, except, sources = [] } = measure
  if (kind === 'lock') return { except: { ...except, identities: [...(except?.identities ?? []), identity] } }
  const left = sources.filter((source) => !denied.includes(source))
  return left.length === 0 ? null : { sources: left }
}

function everywhere({ by }: Measure, identity: string, denied: readonly PublishSource[]): Result<never> {
  return fail('conflict', `${by} denies ${identity} ${wordsOf(denied)} in all rooms: lift that first`)
}
