import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '#server/records/database.ts'
import type { RecordEvent } from './record-event.ts'
import { writeEvents } from './session-rows.ts'

const room = { name: 'lobby', sid: 'RM_1' }

describe('writing events', () => {
  let database: Database
  beforeEach(async () => {
    const opened = await openDatabase({ kind: 'memory' })
    if (!opened.ok) throw new Error(opened.message)
    database = opened.value
  })
  afterEach(() => database.close())

  it('S2.2 reads the stays of those whom it is about, and not all that are open: LiveKit waits for this process meanwhile', async () => {
    const joined = Array.from({ length: 50 }, (_none, index): RecordEvent => {
      const stay = { identity: `p${index}`, name: '', sid: `PA_${index}` }
      return { kind: 'joined', room, at: 1, stay, roomStartedAt: 1, allowed: null, isBack: false }
    })
    const asked: { readonly sql: string; readonly parameters: readonly unknown[] }[] = []
    const compiler = database.queries.getExecutor()
    const listening = database.queries.withPlugin({
      transformQuery({ node, queryId }) {
        if (node.kind === 'SelectQueryNode') asked.push(compiler.compileQuery(node, queryId))
        return node
      },
      transformResult: ({ result }) => Promise.resolve(result),
    })
    const events: readonly RecordEvent[] = [...joined, { kind: 'room_finished', room, at: 2 }]
    await listening.transaction().execute((transaction) => writeEvents(transaction, events))
    const ofStays = asked.filter(({ sql }) => sql.includes('from "participant_sessions"'))
    expect(ofStays.length).toBeGreaterThan(3)
    for (const { sql, parameters } of ofStays) {
      const plan = await database.queries.executeQuery<{ detail: string }>(CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]))
      const steps = plan.rows.map(({ detail }) => detail)
      // Each by a sid, an identity or a room; `left_at` alone is no way to anybody.
      expect(steps.filter((step) => /SCAN|\(left_at/.test(step))).toEqual([])
    }
  })
})
