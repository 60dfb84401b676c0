import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import type { RoomEvent } from '#server/rooms/room-event.ts'
import { historyOf, steps } from '#server/rooms/testing/room-histories.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import { BEGIN, createHappenings } from './happenings.ts'
import { readRecorded, recordsOf } from './recorded.ts'
import { breakable, openService, type TestWriter } from './recording-service.ts'

/** A machine that does much else may need so long. */
const PATIENCE = { timeout: 15_000 }

/** What else may happen while people come and go. */
const troubles = ['nothing', 'nothing', 'write', 'write both', 'crash', 'fails', 'fails after it'] as const
type Trouble = (typeof troubles)[number]

/** What holds for the records of sessions in any database. */
export function describeSessionWriter(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  describe(`records of sessions in ${kind}`, () => {
    let database: Database
    async function open(): Promise<void> {
      const opened = await openDatabase(await fresh())
      if (!opened.ok) throw new Error(opened.message)
      database = opened.value
    }
    beforeEach(open)
    afterEach(() => database.close())

    it('S2.2 S2.6 are the same as what happened, whatever crashes, fails or writes twice', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(steps, { minLength: 1, maxLength: 2 }),
          fc.infiniteStream(fc.constantFrom(...troubles)),
          async (taken, trouble) => {
            await database.close()
            await open()
            const happened = taken.flatMap((each, index) => historyOf(`room ${index}`, each))
            await record(happened, trouble)
            expect(await readRecorded(database.queries)).toEqual(recordsOf(happened))
          },
        ),
        { endOnFailure: true, numRuns: Number(process.env['USHER_RUNS'] ?? (kind === 'SQLite' ? 60 : 12)) },
      )
    }, 120_000)

    /** Two instances that follow one log, and what goes wrong between any two events. */
    async function record(happened: readonly RoomEvent[], trouble: Iterator<Trouble, undefined>): Promise<void> {
      const one = await openService()
      const other = await openService(one.store)
      const { queries, breakNext } = breakable(database.queries)
      const writers: [TestWriter, TestWriter] = [one.openWriter(queries), other.openWriter(database.queries)]
      // The records begin here: what was before is nobody's.
      await writers[0].writeNow()
      const write = () => writers[0].writeNow().catch(() => undefined)
      for (const event of happened) {
        await one.happen([event])
        const next = trouble.next().value
        if (next === 'write') await write()
        if (next === 'write both') await Promise.all([write(), writers[1].writeNow()])
        if (next === 'fails' || next === 'fails after it') {
          breakNext(next)
          await write()
        }
        if (next !== 'crash') continue
        writers[0].die()
        writers[0] = one.openWriter(queries)
      }
      breakNext('works')
      await other.rooms.caughtUp()
      await Promise.all(writers.map((writer) => writer.writeNow()))
      await writers[0].writeNow()
      for (const writer of writers) {
        writer.die()
        await writer.close()
      }
      await one.close()
      await other.close()
    }

    const at = (seconds: number) => BEGIN + seconds * 1000
    const lobby = () => createHappenings()
    const stays = async () => {
      const rows = await database.queries.selectFrom('participant_sessions').selectAll().orderBy('joined_at').execute()
      return rows.map(({ identity, joined_at, left_at }) => [identity, joined_at, left_at])
    }
    const participant = (identity: string) =>
      database.queries.selectFrom('participants').selectAll().where('identity', '=', identity).executeTakeFirst()

    it('S2.2 a participant is JOINED, then LEFT, with what the permissions said and the role that was set', async () => {
      const service = await openService()
      const writer = service.openWriter(database.queries)
      const { start, join, leave, permit, rename } = lobby()
      await database.queries
        .insertInto('participants')
        .values({
          room: 'lobby',
          identity: 'ana',
          name: '',
          role: 'SPEAKER',
          status: 'INVITED',
          joined_at: null,
          left_at: null,
          can_speak: 0,
          can_video: 0,
          changed_at: 1,
        })
        .execute()
      await service.happen([start(0), join(1, 'ana')])
      await writer.writeNow()
      const joined = { room: 'lobby', identity: 'ana', name: 'ANA', role: 'SPEAKER', status: 'JOINED', joined_at: at(1), left_at: null }
      expect(await participant('ana')).toEqual({ ...joined, can_speak: 1, can_video: 1, changed_at: at(1) })
      const quiet = {
        canSubscribe: true,
        canPublish: true,
        canPublishData: true,
        canPublishSources: ['camera' as const],
        canUpdateMetadata: false,
      }
      await service.happen([permit(2, 'ana', quiet), rename(3, 'ana', 'Ána')])
      await writer.writeNow()
      expect(await participant('ana')).toMatchObject({ name: 'Ána', role: 'SPEAKER', can_speak: 0, status: 'JOINED' })
      await service.happen([leave(4, 'ana')])
      await writer.writeNow()
      expect(await participant('ana')).toMatchObject({ role: 'SPEAKER', status: 'LEFT', joined_at: at(1), left_at: at(4) })
      const people = await database.queries.selectFrom('people').select(['identity', 'name', 'first_seen_at', 'last_seen_at']).execute()
      expect(people).toEqual([{ identity: 'ana', name: 'Ána', first_seen_at: at(1), last_seen_at: at(4) }])
      await writer.close()
    })

    it('S2.2 what the log no longer tells is what the live rooms are: who is there is written, who is not has left when it was last known', async () => {
      let now = at(10)
      const store = createMemoryRoomStore('epoch', () => now)
      const service = await openService(store)
      const { start, join, leave } = lobby()
      const first = service.openWriter(database.queries, { now: () => now })
      await first.writeNow()
      await service.happen([start(0), join(1, 'ana'), join(2, 'bo')])
      await first.writeNow()
      first.die()
      now = at(20)
      await service.happen([leave(15, 'bo'), join(16, 'cy'), leave(17, 'cy')])
      now = at(20_000)
      await service.happen([join(19_999, 'di')])
      const second = service.openWriter(database.queries, { now: () => now })
      await service.happen([join(20_000, 'ed')])
      await second.writeNow()
      expect(await stays()).toEqual([
        ['ana', at(1), null],
        ['bo', at(2), at(15)],
        ['cy', at(16), at(17)],
        ['di', at(19_999), null],
        ['ed', at(20_000), null],
      ])
      expect(await database.queries.selectFrom('room_sessions').select(['online', 'joins', 'peak']).execute()).toEqual([
        { online: 3, joins: 5, peak: 3 },
      ])
    })

    it('S2.6 after a restart with another log, stays that go on go on, and those that are over ended when somebody last wrote', async () => {
      const { start, join, find } = lobby()
      const other = createHappenings('kitchen', 'RM_2')
      const before = await openService()
      const first = before.openWriter(database.queries, { now: () => at(10) })
      await first.writeNow()
      await before.happen([start(0), join(1, 'ana'), join(2, 'bo'), other.start(3), other.join(4, 'cy', { sid: 'PA_kitchen' })])
      await first.writeNow()
      first.die()
      await before.close()
      const after = await openService()
      await after.happen([find(1, 'ana'), find(90_000, 'di')])
      const second = after.openWriter(database.queries, { now: () => at(90_001) })
      await second.writeNow()
      expect(await stays()).toEqual([
        ['ana', at(1), null],
        ['bo', at(2), at(10)],
        ['cy', at(4), at(10)],
        ['di', at(90_000), null],
      ])
      expect(await database.queries.selectFrom('room_sessions').select(['sid', 'ended_at', 'online']).orderBy('sid').execute()).toEqual([
        { sid: 'RM_1', ended_at: null, online: 2 },
        { sid: 'RM_2', ended_at: at(10), online: 0 },
      ])
      expect((await participant('bo'))?.status).toBe('LEFT')
    })

    it('S2.6 a new life of the store: what the old one told is written, then the rooms are compared', async () => {
      const { start, join, leave, find } = lobby()
      const service = await openService()
      const writer = service.openWriter(database.queries, { now: () => at(4) })
      await writer.writeNow()
      await service.happen([start(0), join(1, 'ana'), join(2, 'bo')])
      const next = await openService()
      await next.happen([find(1, 'ana'), join(5, 'cy')])
      writer.moveTo(next.rooms)
      await next.happen([leave(6, 'cy')])
      await writer.writeNow()
      expect(await stays()).toMatchObject([
        ['ana', at(1), null],
        ['bo', at(2), at(4)],
        ['cy', at(5), at(6)],
      ])
    })

    it('S2.2 while the database fails nothing is lost, and it is tried again by itself', async () => {
      const { start, join } = lobby()
      const service = await openService()
      const { queries, breakNext } = breakable(database.queries)
      const writer = service.openWriter(queries, { times: { gatherMs: 1, retryMs: { first: 5, most: 5 } } })
      await writer.writeNow()
      breakNext('fails')
      await service.happen([start(0), join(1, 'ana')])
      await vi.waitFor(() => expect(writer.failures()).toBe(1), PATIENCE)
      await vi.waitFor(async () => expect(await stays()).toEqual([['ana', at(1), null]]), PATIENCE)
      await vi.waitFor(() => expect(writer.lines).toHaveLength(2), PATIENCE)
      await writer.close()
    })

    it('S2.2 more than fits into memory is read from the log', async () => {
      const { start, join } = lobby()
      const service = await openService()
      const writer = service.openWriter(database.queries, { mostWaiting: 3 })
      await writer.writeNow()
      await service.happen([start(0), ...['a', 'b', 'c', 'd', 'e', 'f'].map((who, index) => join(index + 1, who))])
      expect(writer.waiting()).toBeLessThanOrEqual(3)
      await writer.writeNow()
      expect((await stays()).map(([who]) => who)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    })

    it('S2.2 one event that the database never takes doesn’t keep the others waiting for ever', async () => {
      const { start, join } = lobby()
      const service = await openService()
      const { queries } = breakable(database.queries, 'PA_bad')
      const writer = service.openWriter(queries, { times: { gatherMs: 1, retryMs: { first: 1, most: 1 } } })
      await writer.writeNow()
      await service.happen([start(0), join(1, 'ana'), join(2, 'bad'), join(3, 'cy')])
      await vi.waitFor(async () => expect((await stays()).map(([who]) => who)).toEqual(['ana', 'cy']), PATIENCE)
      expect(writer.lines.filter((line) => line.includes('left out'))).toHaveLength(1)
      await writer.close()
    })

    it('S2.2 one of two instances writes; the other takes over when that one is gone', async () => {
      const { start, join } = lobby()
      const one = await openService()
      const other = await openService(one.store)
      const first = one.openWriter(database.queries)
      await first.writeNow()
      const second = other.openWriter(database.queries, { times: { gatherMs: 1, standbyMs: 5, lieMs: 20, compareMs: 3_600_000 } })
      await one.happen([start(0), join(1, 'ana')])
      await first.writeNow()
      await vi.waitFor(() => expect(second.waiting()).toBe(0), PATIENCE)
      first.die()
      await one.happen([join(2, 'bo')])
      await vi.waitFor(async () => expect((await stays()).map(([who]) => who)).toEqual(['ana', 'bo']), PATIENCE)
      await second.close()
      await first.close()
    })

    it('S2.2 the other takes over also where the clock was put back meanwhile', async () => {
      const { start, join } = lobby()
      const one = await openService()
      const other = await openService(one.store)
      const first = one.openWriter(database.queries, { now: () => Date.now() })
      await first.writeNow()
      let putBack = 0
      let looks = 0
      const now = () => {
        looks += 1
        return Date.now() - putBack
      }
      const second = other.openWriter(database.queries, { times: { gatherMs: 1, standbyMs: 5, lieMs: 200 }, now })
      await one.happen([start(0), join(1, 'ana')])
      await first.writeNow()
      await vi.waitFor(() => expect(second.waiting()).toBe(0), PATIENCE)
      first.die()
      looks = 0
      await one.happen([join(2, 'bo')])
      await vi.waitFor(() => expect(looks).toBeGreaterThan(0), { ...PATIENCE, interval: 1 })
      putBack = 3_600_000
      await vi.waitFor(async () => expect((await stays()).map(([who]) => who)).toEqual(['ana', 'bo']), PATIENCE)
      await second.close()
      await first.close()
    })

    it('S2.6 closing writes what waits, and until when all was known', async () => {
      const { start, join } = lobby()
      const service = await openService()
      const writer = service.openWriter(database.queries, { now: () => at(77) })
      await writer.writeNow()
      await service.happen([start(0), join(1, 'ana')])
      await writer.close()
      expect(await stays()).toEqual([['ana', at(1), null]])
      expect(await database.queries.selectFrom('record_cursor').select(['cursor', 'written_at']).execute()).toEqual([
        { cursor: service.rooms.cursor(), written_at: at(77) },
      ])
    })
  })
}
