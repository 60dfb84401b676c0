import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import type { HistoryFact } from '#server/history/history-sink.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import { eraseSessions } from '../erase-sessions.ts'
import { openHistoryWriter, type HistoryWriter } from '../history-writer.ts'
import { deleteOld } from '../retention.ts'
import { createSessionReader } from '../session-reader.ts'
import { writeEvents } from '../session-rows.ts'

const room = { name: 'lobby', sid: 'RM_1' }
const ana = { identity: 'ana', sid: 'PA_ana' }
const bo = { identity: 'bo', sid: 'PA_bo' }
const log = { warn: () => undefined, info: () => undefined }

/** What holds for history, reading, retention and erasing in any database. */
export function describeSessionRecords(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  describe(`sessions and what is known of them in ${kind}`, () => {
    let database: Database
    let history: HistoryWriter
    beforeEach(async () => {
      const opened = await openDatabase(await fresh())
      if (!opened.ok) throw new Error(opened.message)
      database = opened.value
      history = openHistoryWriter({ ...database, log, gatherMs: 3_600_000 })
    })
    afterEach(async () => {
      await history.close()
      await database.close()
    })

    async function tell(...facts: readonly HistoryFact[]): Promise<void> {
      for (const fact of facts) history.sink(fact)
      await history.writeNow()
    }
    const observed = (from: number, to: number): HistoryFact => ({ kind: 'observed', room, from, to })
    const spoke = (participant: typeof ana, from: number, to: number, peak = 0.5): HistoryFact => ({
      kind: 'spoke',
      room,
      participant,
      from,
      to,
      peak,
    })
    const quality = (at: number, is: 'excellent' | 'poor' | 'unknown'): HistoryFact => ({
      kind: 'quality_changed',
      room,
      participant: ana,
      at,
      quality: is,
    })

    async function addStay(
      who: { identity: string; sid: string },
      joined: number,
      left: number | null,
      more: { room_sid?: string; reconnects?: number } = {},
    ) {
      await database.queries
        .insertInto('participant_sessions')
        .values({ ...who, name: '', room: 'lobby', room_sid: 'RM_1', joined_at: joined, left_at: left, reconnects: 0, ...more })
        .execute()
    }
    async function addSession(sid: string, started: number, ended: number | null) {
      await database.queries
        .insertInto('room_sessions')
        .values({ sid, room: 'lobby', started_at: started, ended_at: ended, peak: 2, online: 0, joins: 2 })
        .execute()
    }

    it('S2.6 what is told again moves the end and the peak, which never fall, also when it is told late or twice', async () => {
      await tell(observed(0, 10), spoke(ana, 2, 5, 0.4))
      await tell(observed(0, 30), spoke(ana, 2, 9, 0.3), quality(1, 'poor'))
      await tell(observed(0, 20), spoke(ana, 2, 7, 0.1), quality(1, 'poor'))
      expect(await database.queries.selectFrom('observed_spans').selectAll().execute()).toEqual([
        { room_sid: 'RM_1', from_at: 0, to_at: 30 },
      ])
      expect(await database.queries.selectFrom('speaking_intervals').selectAll().execute()).toEqual([
        { participant_sid: 'PA_ana', room_sid: 'RM_1', from_at: 2, to_at: 9, peak: 0.4 },
      ])
      expect(await database.queries.selectFrom('quality_changes').selectAll().execute()).toHaveLength(1)
    })

    it('S2.6 a room that ends with very many people in it ends in the records, with all of their stays', async () => {
      const people = 8000
      await addSession('RM_1', 0, null)
      const rows = Array.from({ length: people }, (_none, index) => ({
        identity: `p${index}`,
        sid: `PA_${index}`,
        name: '',
        room: 'lobby',
      }))
      const record = { role: 'VIEWER', status: 'JOINED', left_at: null, can_speak: 0, can_video: 0, changed_at: 1, joined_at: 1 }
      for (let first = 0; first < people; first += 1000) {
        const part = rows.slice(first, first + 1000)
        const stay = { room_sid: 'RM_1', joined_at: 1, left_at: null, reconnects: 0 }
        await database.queries
          .insertInto('participant_sessions')
          .values(part.map((row) => ({ ...row, ...stay })))
          .execute()
        await database.queries
          .insertInto('participants')
          .values(part.map(({ sid: _sid, ...row }) => ({ ...row, ...record })))
          .execute()
      }
      await database.queries.transaction().execute((transaction) => writeEvents(transaction, [{ kind: 'room_finished', room, at: 50 }]))
      const count = (table: 'participants' | 'participant_sessions') =>
        database.queries
          .selectFrom(table)
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('left_at', '=', 50)
          .executeTakeFirstOrThrow()
      expect([await count('participants'), await count('participant_sessions')]).toEqual([{ count: people }, { count: people }])
      expect(await database.queries.selectFrom('room_sessions').select(['ended_at', 'online']).execute()).toEqual([
        { ended_at: 50, online: 0 },
      ])
    }, 30_000)

    it('X4 a quality that is what it was is passed over', async () => {
      await tell(quality(1, 'unknown'), quality(2, 'poor'), quality(3, 'poor'), quality(4, 'unknown'))
      expect(await database.queries.selectFrom('quality_changes').select(['at', 'quality']).orderBy('at').execute()).toEqual([
        { at: 2, quality: 'poor' },
        { at: 4, quality: 'unknown' },
      ])
    })

    it('S2.6 a session tells who was there when, who spoke when, and how connections were; each moment counts once', async () => {
      await addSession('RM_1', 0, 100)
      await addStay(ana, 0, 100)
      await addStay(bo, 10, 60, { reconnects: 1 })
      await tell(
        observed(20, 60),
        observed(50, 80),
        spoke(ana, 20, 40),
        spoke(ana, 30, 50),
        spoke(bo, 25, 26),
        quality(30, 'poor'),
        quality(50, 'excellent'),
      )
      const session = await createSessionReader(database.queries, () => 1000).whole('RM_1')
      expect(session).toEqual({
        ...{ sid: 'RM_1', room: 'lobby', startedAt: 0, endedAt: 100, peak: 2, people: 2, joins: 2 },
        ...{ averageStayMs: 75, talkMs: 31, observedMs: 60, observed: [{ from: 20, to: 80 }], cut: false },
        population: [
          { at: 0, online: 1 },
          { at: 10, online: 2 },
          { at: 60, online: 1 },
          { at: 100, online: 0 },
        ],
        stays: [
          {
            ...{ ...ana, name: '', room: 'lobby', roomSid: 'RM_1', joinedAt: 0, leftAt: 100, reconnects: 0, talkMs: 30, observedMs: 60 },
            ...{ quality: { poor: 20, excellent: 30 }, spoke: [{ from: 20, to: 50 }] },
          },
          {
            ...{ ...bo, name: '', room: 'lobby', roomSid: 'RM_1', joinedAt: 10, leftAt: 60, reconnects: 1, talkMs: 1, observedMs: 40 },
            ...{ quality: {}, spoke: [{ from: 25, to: 26 }] },
          },
        ],
      })
    })

    it('S2.6 who was not observed was not silent: nobody knows', async () => {
      await addSession('RM_1', 0, null)
      await addStay(ana, 0, 40)
      await addStay(bo, 50, null)
      await tell(observed(60, 80))
      const reader = createSessionReader(database.queries, () => 100)
      expect(await reader.sessionsOf('ana', 5)).toMatchObject([{ talkMs: null, observedMs: 0, quality: {} }])
      expect(await reader.sessionsOf('bo', 5)).toMatchObject([{ talkMs: 0, observedMs: 20, leftAt: null }])
      expect(await reader.sessionsOf('nobody', 5)).toEqual([])
    })

    it('S2.6 the sessions of a room come newest first, page by page, also where two began at once', async () => {
      for (const [sid, started] of [
        ['RM_1', 5],
        ['RM_2', 9],
        ['RM_3', 5],
        ['RM_4', 1],
      ] as const)
        await addSession(sid, started, null)
      const reader = createSessionReader(database.queries, () => 100)
      const pages: (readonly string[])[] = []
      let after: string | undefined
      do {
        const page = await reader.ofRoom('lobby', { after, limit: 2 })
        if (!page.ok) throw new Error(page.message)
        pages.push(page.value.sessions.map(({ sid }) => sid))
        after = page.value.next
      } while (after !== undefined)
      expect(pages).toEqual([
        ['RM_2', 'RM_3'],
        ['RM_1', 'RM_4'],
      ])
      expect(await reader.ofRoom('elsewhere', { limit: 2 })).toEqual({ ok: true, value: { sessions: [] } })
      expect(await reader.ofRoom('lobby', { after: 'nonsense', limit: 2 })).toMatchObject({ ok: false, code: 'invalid' })
      expect(await reader.whole('RM_9')).toBeNull()
    })

    it('S2.6 a sid or a page that no database can hold is one that nobody knows', async () => {
      await addSession('RM_1', 10, 20)
      const reader = createSessionReader(database.queries)
      expect(await reader.whole('RM_\0')).toBeNull()
      expect(await reader.ofRoom('lobby', { after: '10_RM\0', limit: 5 })).toMatchObject({ ok: true })
    })

    it('S2.6 what is older than asked is deleted, in parts; what goes on, what is in force and whom the audit names is kept', async () => {
      const { queries } = database
      await addSession('RM_old', 1, 50)
      await addSession('RM_1', 1, null)
      for (let index = 0; index < 450; index += 1)
        await addStay({ identity: `old ${index}`, sid: `PA_${index}` }, 1, 50, { room_sid: 'RM_old' })
      await addStay(ana, 1, null)
      await addStay(bo, 1, 150)
      await tell(
        observed(10, 20),
        observed(30, 130),
        spoke(ana, 10, 20),
        spoke(ana, 110, 120),
        quality(11, 'poor'),
        quality(111, 'excellent'),
      )
      const person = (identity: string, last: number) => ({
        id: `id ${identity}`,
        identity,
        name: '',
        first_seen_at: 1,
        last_seen_at: last,
      })
      await queries
        .insertInto('people')
        .values(['old 1', 'banned', 'noted', 'named', 'new', 'ana'].map((who) => person(who, who === 'new' ? 150 : 50)))
        .execute()
      await queries.insertInto('person_words').values({ word: 'old', person_id: 'id old 1' }).execute()
      const note = (id: string, identity: string, at: number) => ({ id, identity, text: '', at, by: 'op' })
      await queries
        .insertInto('notes')
        .values([note('1', 'old 1', 50), note('2', 'noted', 150)])
        .execute()
      await queries
        .insertInto('audit_targets')
        .values({ seq: 1, position: 0, person_id: 'id named', ok: null, code: null, detail: null })
        .execute()
      await queries
        .insertInto('measures')
        .values({
          ...{ id: 'm', kind: 'ban', scope: 'all', room: null, identity: 'banned', sources: null, except: null, until: null, reason: '' },
          ...{ by: 'op', at: 1, revision: 1, lifted_at: null, lifted_by: null, changes: '[]' },
        })
        .execute()
      const participant = (identity: string, status: string, left: number | null) => ({
        ...{ room: 'lobby', identity, name: '', role: 'VIEWER', status },
        ...{ joined_at: 1, left_at: left, can_speak: 0, can_video: 0, changed_at: 1 },
      })
      await queries
        .insertInto('participants')
        .values([participant('old 1', 'LEFT', 50), participant('bo', 'LEFT', 150), participant('ana', 'JOINED', null)])
        .execute()

      expect(await deleteOld(queries, 100)).toBe(1 + 450 + 1 + 1 + 1 + 1 + 1 + 1)
      expect(
        (await queries.selectFrom('participant_sessions').select('identity').orderBy('identity').execute()).map(({ identity }) => identity),
      ).toEqual(['ana', 'bo'])
      expect((await queries.selectFrom('people').select('identity').orderBy('identity').execute()).map(({ identity }) => identity)).toEqual(
        ['ana', 'banned', 'named', 'new', 'noted'],
      )
      expect(await queries.selectFrom('person_words').selectAll().execute()).toEqual([])
      expect(await queries.selectFrom('observed_spans').select('from_at').execute()).toEqual([{ from_at: 30 }])
      expect(await queries.selectFrom('speaking_intervals').select('from_at').execute()).toEqual([{ from_at: 110 }])
      expect(await queries.selectFrom('participants').select('identity').orderBy('identity').execute()).toEqual([
        { identity: 'ana' },
        { identity: 'bo' },
      ])
      expect(await deleteOld(queries, 100)).toBe(0)
    })

    it('S2.2 erasing somebody takes their stays and what is known of these, and nobody else’s', async () => {
      await addSession('RM_1', 0, 100)
      await addStay(ana, 0, 100)
      await addStay(bo, 0, 100)
      await tell(observed(0, 100), spoke(ana, 1, 2), spoke(bo, 1, 2), quality(3, 'poor'))
      const erased = await database.queries.transaction().execute((transaction) => eraseSessions(transaction, { identity: 'ana' }))
      expect(erased).toBe(3)
      const reader = createSessionReader(database.queries, () => 1000)
      expect((await reader.whole('RM_1'))?.stays.map(({ identity, talkMs }) => [identity, talkMs])).toEqual([['bo', 1]])
    })
  })
}
