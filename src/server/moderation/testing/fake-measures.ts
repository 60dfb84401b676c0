import { randomUUID } from 'node:crypto'
import { fail, succeed, type Failure } from '#shared/domain/failure.ts'
import { concerns, deniedSources, type Measure } from '#shared/domain/measure.ts'
import type { MeasureBook, MeasureDesk, NewMeasure } from '#server/measures/measure-desk.ts'

/** Measures that are written down and never carried out. */
export type FakeMeasures = {
  readonly desk: MeasureDesk
  readonly book: Pick<MeasureBook, 'check'>
  readonly asked: string[]
  readonly imposed: NewMeasure[]
  readonly held: Measure[]
  failWith: (failure: Failure | null) => void
}

export function createFakeMeasures(): FakeMeasures {
  const asked: string[] = []
  const imposed: NewMeasure[] = []
  const held: Measure[] = []
  let failure: Failure | null = null
  const make = (measure: NewMeasure, by: string): Measure => ({ ...measure, id: randomUUID(), by, at: 1, revision: 1 })
  const desk: MeasureDesk = {
    impose(measure, by, course) {
      asked.push(`impose ${measure.kind}`)
      if (failure) return Promise.resolve(failure)
      imposed.push(measure)
      const made = make(measure, by.operator)
      held.push(made)
      const targets = measure.identity === undefined ? [] : [{ identity: measure.identity, ok: true }]
      for (const target of targets) course.onTarget(target)
      return Promise.resolve(succeed({ measure: made, targets }))
    },
    edit(edit) {
      asked.push(`edit ${edit.id} ${edit.revision}`)
      const found = held.find(({ id }) => id === edit.id)
      return Promise.resolve(found ? succeed(found) : fail('not_found', 'there is no such measure'))
    },
    lift(id) {
      asked.push(`lift ${id}`)
      const found = held.find((measure) => measure.id === id)
      return Promise.resolve(found ? succeed({ measure: found, targets: [] }) : fail('not_found', 'there is no such measure'))
    },
    exempt(room, identity, sources) {
      asked.push(`exempt ${room} ${identity} ${sources.join()}`)
      return Promise.resolve(failure ?? succeed([]))
    },
    setByHand({ sid }, sources) {
      asked.push(`by hand ${sid} ${sources.join()}`)
      return Promise.resolve()
    },
  }
  return {
    desk,
    book: {
      check: (identity, room) => ({
        banned: false,
        deniedSources: deniedSources(held.filter((measure) => concerns(measure, { identity, room, role: 'VIEWER' }))),
        until: null,
      }),
    },
    asked,
    imposed,
    held,
    failWith: (next) => (failure = next),
  }
}
