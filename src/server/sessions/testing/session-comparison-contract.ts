import { setImmediate as nextTurn } from 'node:timers/promises'
import type { KyselyPlugin } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import type { RecordEvent } from '../record-event.ts'
import { writeEvents } from '../session-rows.ts'
import { BEGIN, createHappenings } from './happenings.ts'
import { readRecorded } from './recorded.ts'
import { openService } from './recording-service.ts'

/** What holds in any database where the records are compared with the rooms, or are told late. */
export function describeSessionComparison(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  describe(`records that are put right in ${kind}`, () => {
    let database: Database
    beforeEach(async () => {
      const opened = await openDatabase(await fresh())
      if (!opened.ok) throw new Error(opened.message)
      database = opened.value
    })
    afterEach(() => database.close())
    const stays = async () => {
      const rows = await database.queries.selectFrom('participant_sessions').selectAll().orderBy('joined_at').execute()
      return rows.map(({ identity, joined_at, left_at }) => [identity, joined_at, left_at])
    }

    it('S2.6 the live rooms are no measure before they have been read', async () => {
      const { start, join, find } = createHappenings()
      const before = await openService()
      const first = before.openWriter(database.queries)
      await before.happen([start(0), join(1, 'ana')])
      await first.writeNow()
      first.die()
      const after = await openService()
      let trusted = false
      const second = after.openWriter(database.queries, { isTrusted: () => trusted, times: { gatherMs: 1 } })
      await second.writeNow()
      expect(await stays()).toEqual([['ana', BEGIN + 1000, null]])
      await after.happen([find(1, 'ana'), join(5, 'bo')])
      await second.writeNow()
      expect(second.waiting()).toBe(1)
      trusted = true
      second.compare()
      await vi.waitFor(() => expect(second.waiting()).toBe(0), { timeout: 15_000 })
      expect(await stays()).toEqual([
        ['ana', BEGIN + 1000, null],
        ['bo', BEGIN + 5000, null],
      ])
    })

    it('S2.6 what was taken for over goes on where the rooms say so, as the stay that it was', async () => {
      const { start, join } = createHappenings()
      const service = await openService()
      const writer = service.openWriter(database.queries)
      await service.happen([start(0), join(1, 'ana'), join(2, 'bo')])
      await writer.writeNow()
      const before = await readRecorded(database.queries)
      await database.queries
        .updateTable('participant_sessions')
        .set({ left_at: BEGIN + 3000 })
        .execute()
      await database.queries
        .updateTable('participants')
        .set({ status: 'LEFT', left_at: BEGIN + 3000 })
        .execute()
      await database.queries
        .updateTable('room_sessions')
        .set({ ended_at: BEGIN + 3000, online: 0 })
        .execute()
      writer.compare()
      await writer.writeNow()
      expect(await readRecorded(database.queries)).toEqual(before)
      await writer.close()
    })

    it('S2.6 a comparison with thousands lets others have their turn after each few rows', async () => {
      const { start, join } = createHappenings()
      const people = 400
      const service = await openService()
      await service.happen([start(0), ...Array.from({ length: people }, (_none, index) => join(1, `p${index}`))])
      let rows = 0
      let most = 0
      const counting: KyselyPlugin = {
        transformQuery: ({ node }) => node,
        transformResult({ result }) {
          rows += result.rows.length
          most = Math.max(most, rows)
          return Promise.resolve(result)
        },
      }
      const writer = service.openWriter(database.queries.withPlugin(counting))
      await writer.writeNow()
      writer.compare()
      let isDone = false
      rows = most = 0
      const done = writer.writeNow().finally(() => (isDone = true))
      for (; !isDone; rows = 0) await nextTurn()
      await done
      expect((await readRecorded(database.queries)).stays).toHaveLength(people)
      expect(most).toBeLessThanOrEqual(60)
      await writer.close()
    })

    it('S2.2 who is in the next session of a room is still there when the end of the one before is written late', async () => {
      const stay = (sid: string) => ({ identity: 'ana', name: 'Ana', sid })
      const room = { name: 'lobby', sid: 'RM_1' }
      const next = { name: 'lobby', sid: 'RM_2' }
      const events: readonly RecordEvent[] = [
        { kind: 'joined', room, at: 1, stay: stay('PA_1'), roomStartedAt: 1, allowed: null, isBack: false },
        { kind: 'joined', room: next, at: 5, stay: stay('PA_2'), roomStartedAt: 5, allowed: null, isBack: false },
        { kind: 'room_finished', room, at: 6 },
      ]
      for (const event of events) await database.queries.transaction().execute((transaction) => writeEvents(transaction, [event]))
      expect(await database.queries.selectFrom('participants').select(['status', 'joined_at', 'left_at']).execute()).toEqual([
        { status: 'JOINED', joined_at: 5, left_at: null },
      ])
      const each = database.queries.selectFrom('participant_sessions').select(['sid', 'left_at']).orderBy('sid')
      expect(await each.execute()).toEqual([
        { sid: 'PA_1', left_at: 6 },
        { sid: 'PA_2', left_at: null },
      ])
    })
  })
}
