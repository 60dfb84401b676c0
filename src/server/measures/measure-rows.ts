import type { Selectable } from 'kysely'
import { measureSchema, type Measure, type MeasureChange } from '#shared/domain/measure.ts'
import type { MeasuresTable } from '#server/records/tables/measure-tables.ts'

type Row = Selectable<MeasuresTable>

/** A measure as it is stored; one without its versions gets the one that it is. */
export function toRow(measure: Measure): Row {
  const { id, kind, scope, room, identity, sources, except, until, reason, by, at, revision, liftedAt, liftedBy } = measure
  const changes = measure.changes ?? [{ revision, at, by, until, reason }]
  return {
    id,
    kind,
    scope,
    room: room ?? null,
    identity: identity ?? null,
    sources: sources === undefined ? null : JSON.stringify(sources),
    except: except === undefined ? null : JSON.stringify(except),
    until,
    reason,
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
  })
  return parsed.success ? parsed.data : null
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
