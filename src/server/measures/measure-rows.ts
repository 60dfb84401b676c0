import type { Selectable } from 'kysely'
import { z } from 'zod'
import { measureSchema, type Measure, type MeasureChange } from '#shared/domain/measure.ts'
import { storable } from '#server/people/search-words.ts'
import type { MeasuresTable } from '#server/records/tables/measure-tables.ts'

type Row = Selectable<MeasuresTable>

const exactSchema = z.object({ room: z.string().optional(), identity: z.string().optional() }).catch({})

/** A measure as it is stored; one without its versions gets the one that it is. */
export function toRow(measure: Measure): Row {
  const { id, kind, scope, room, identity, sources, except, until, reason, by, at, revision, liftedAt, liftedBy } = measure
  const changes = measure.changes ?? [{ revision, at, by, until, reason }]
  return {
    id,
    kind,
    scope,
    room: room === undefined ? null : storable(room),
    identity: identity === undefined ? null : storable(identity),
    exact: exactly({ room, identity }),
    sources: sources === undefined ? null : JSON.stringify(sources),
    except: except === undefined ? null : JSON.stringify(except),
    until,
    reason: storable(reason),
    by,
    at,
    revision,
    lifted_at: liftedAt ?? null,
    lifted_by: liftedBy ?? null,
    changes: JSON.stringify(changes),
  }
}

/** A stored measure; null for one that this version can't read, as one of a newer version may be. */
export function fromRow(row: Row): Measure | null {
  const { room, identity, until, lifted_at: liftedAt, lifted_by: liftedBy } = row
  const parsed = measureSchema.safeParse({
    id: row.id,
    kind: row.kind,
    scope: row.scope,
    ...(room === null ? {} : { room }),
    ...(identity === null ? {} : { identity }),
    ...(row.sources === null ? {} : { sources: parseJson(row.sources) }),
    ...(row.except === null ? {} : { except: parseJson(row.except) }),
    until,
    reason: row.reason,
    by: row.by,
    at: row.at,
    revision: row.revision,
    ...(liftedAt === null ? {} : { liftedAt }),
    ...(liftedBy === null ? {} : { liftedBy }),
    changes: parseJson(row.changes),
    ...(row.exact === null ? {} : exactSchema.parse(parseJson(row.exact))),
  })
  return parsed.success ? parsed.data : null
}

/** The names as they are, where the database can't hold them so: a ban on another name would let somebody in. */
function exactly(names: z.infer<typeof exactSchema>): string | null {
  const isHeld = Object.values(names).every((name) => name === undefined || storable(name) === name)
  return isHeld ? null : JSON.stringify(names)
}

/** A measure after it was changed, a revision and a version further. */
export function withVersion(
  measure: Measure,
  change: Omit<MeasureChange, 'revision' | 'until'> & Partial<Pick<Measure, 'until' | 'sources' | 'except'>>,
): Measure {
  const { at, by, reason, until = measure.until, ...others } = change
  const revision = measure.revision + 1
  return { ...measure, ...others, until, revision, reason, changes: [...(measure.changes ?? []), { revision, at, by, until, reason }] }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
