import { randomUUID } from 'node:crypto'
import { sql, type KyselyPlugin, type QueryId, type Transaction } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { openAudit, type OpenAudit } from '#server/audit/open-audit.ts'
import { eraseSessions } from '#server/sessions/erase-sessions.ts'
import { erasePersonTexts } from '#server/audit/erase-person-texts.ts'
import { createInviteStore } from '#server/people/invite-store.ts'
import { createPersonStore, type Erase } from '#server/people/person-store.ts'
import { deleteOld } from '#server/sessions/retention.ts'
import { writeEvents } from '#server/sessions/session-rows.ts'
import { writeBatch } from '#server/sessions/write-batch.ts'
import type { RecordEvent } from '#server/sessions/record-event.ts'
import { describeOnDatabases } from '../../../tests/harness/databases.ts'
import { openDatabase, type Database } from './database.ts'
import { inTransaction } from './in-transaction.ts'
import type { DatabaseSchema } from './schema.ts'

const people = Array.from({ length: 40 }, (_none, index) => `p${index}`)
const rooms = ['lobby', 'garden', 'attic']

/** Some of them, in any order: each of a list of numbers that goes on for ever the same. */
function pickers(seed: number) {
  let state = seed
  const next = (most: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state % most
  }
  const some = (count: number) => Array.from({ length: count }, () => people[next(people.length)] ?? '')
  return { next, some }
}

/** Does something after each query that reads a table, before whoever asked has the answer. */
function afterReading(table: string, work: () => Promise<void>): KyselyPlugin {
  const reads = new WeakSet<QueryId>()
  return {
    transformQuery({ node, queryId }) {
      if (node.kind === 'SelectQueryNode' && JSON.stringify(node).includes(`"${table}"`)) reads.add(queryId)
      return node
    },
    async transformResult({ result, queryId }) {
      if (reads.has(queryId)) await work()
      return result
    },
  }
}

function describeAtOnce(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  describe(`all that writes about the same people at once, in ${kind}`, () => {
    let database: Database
    let audit: OpenAudit
    const lines: string[] = []
    beforeEach(async () => {
      const settings = await fresh()
      const opened = await openDatabase(settings)
      if (!opened.ok) throw new Error(opened.message)
      database = opened.value
      const log = (line: unknown) => void (typeof line === 'string' && lines.push(line))
      audit = openAudit({ records: database, settings: { database: settings }, log: { info: () => undefined, warn: log, error: log } })
    })
    afterEach(async () => {
      await audit.close()
      await database.close()
    })

    it('two that wait for each other are both done', async () => {
      const { queries } = database
      for (const identity of ['ana', 'bo'])
        await queries.insertInto('people').values({ id: identity, identity, name: '', first_seen_at: 1, last_seen_at: 1 }).execute()
      const rename = (transaction: Transaction<DatabaseSchema>, identity: string, name: string) =>
        transaction.updateTable('people').set({ name }).where('identity', '=', identity).execute()
      const begun = new Set<string>()
      const both = Promise.withResolvers<void>()
      // With one connection the second begins when the first is done.
      const isOneByOne = kind === 'SQLite'
      async function change(first: string, second: string): Promise<void> {
        await inTransaction(queries, async (transaction) => {
          await rename(transaction, first, first)
          begun.add(first)
          if (isOneByOne || begun.size === 2) both.resolve()
          await both.promise
          await rename(transaction, second, first)
        })
      }
      await Promise.all([change('ana', 'bo'), change('bo', 'ana')])
      const names = await queries.selectFrom('people').select('name').execute()
      expect(new Set(names.map(({ name }) => name)).size).toBe(1)
    })

    it('S2.2 somebody stays erased whose stay the writer has just read', async () => {
      const { queries } = database
      const persons = createPersonStore(queries, [eraseSessions])
      const room = { name: 'lobby', sid: 'RM_1' }
      const stay = { identity: 'ana', name: 'Ana', sid: 'PA_1' }
      const joined = { kind: 'joined', room, at: 1, stay, roomStartedAt: 1, allowed: null, isBack: false } as const
      const write = (through: typeof queries, place: number, event: RecordEvent) =>
        writeBatch(through, { since: `epoch-${place - 1}`, to: `epoch-${place}`, events: [{ cursor: `epoch-${place}`, event }] }, place)
      await setUp()
      const erasing: Promise<unknown>[] = []
      await write(queries.withPlugin(afterReading('participant_sessions', erase)), 2, { kind: 'left', room, at: 2, stay })
      await Promise.all(erasing)
      for (const table of ['participant_sessions', 'participants', 'people', 'person_words'] as const)
        expect([table, await queries.selectFrom(table).selectAll().execute()]).toEqual([table, []])

      async function setUp(): Promise<void> {
        await queries.insertInto('record_cursor').values({ only: 1, cursor: 'epoch-0', written_at: 0 }).execute()
        await write(queries, 1, joined)
      }
      /** Begins to erase, and waits until that is done or has to wait for the writer. */
      async function erase(): Promise<void> {
        if (erasing.length > 0) return
        let isDone = false
        erasing.push(persons.erase('ana').finally(() => (isDone = true)))
        // With one connection it has to wait anyhow.
        if (kind === 'SQLite') return
        const waiting = sql<{ waiting: number }>`select count(*) as waiting from pg_stat_activity where wait_event_type = 'Lock'`
        while (!isDone && (await waiting.execute(queries)).rows[0]?.waiting === 0);
      }
    })

    it('nobody is in another’s way: each is written', async () => {
      const { queries } = database
      const eraseTexts: Erase = async (transaction, { personId }) => {
        if (personId !== null) await erasePersonTexts(transaction, personId)
        return 0
      }
      const persons = createPersonStore(queries, [eraseSessions, eraseTexts])
      const invites = createInviteStore(queries)
      const { next, some } = pickers(7)
      const failures: string[] = []
      const attempt = (what: string, work: Promise<unknown>) =>
        work.catch((error: unknown) => void failures.push(`${what}: ${error instanceof Error ? error.message : ''}`))
      let at = 1000

      function events(): RecordEvent[] {
        return some(20).flatMap((identity): RecordEvent[] => {
          const name = rooms[next(rooms.length)] ?? ''
          at += 1
          const room = { name, sid: `RM_${name}` }
          const stay = { identity, name: `${identity} ${next(5)}`, sid: `PA_${identity}_${name}_${next(4)}` }
          const joined = { kind: 'joined', room, at, stay, roomStartedAt: 1, allowed: null, isBack: true } as const
          return next(2) === 0 ? [joined] : [joined, { kind: 'left', room, at, stay }]
        })
      }
      async function record(): Promise<void> {
        for (let round = 0; round < 25; round += 1) {
          const batch = events()
          // The writer itself tries again whatever failed.
          await attempt(
            'the writer',
            inTransaction(queries, (transaction) => writeEvents(transaction, batch)),
          )
        }
      }
      async function act(): Promise<void> {
        for (let round = 0; round < 25; round += 1) {
          const identities = [...new Set([...some(20), `stranger ${next(50)}`])]
          const intent = {
            ...({ actionId: randomUUID(), operator: { name: 'kim', role: 'admin' }, type: 'mute', room: 'lobby' } as const),
            ...{ identities, reason: 'loud', text: null },
          }
          const begun = await audit.begin(intent)
          if (!begun.ok) failures.push(`the audit: ${begun.message}`)
          await audit.end(intent, {
            ok: true,
            actionId: intent.actionId,
            at,
            targets: identities.map((identity) => ({ identity, ok: true })),
          })
        }
      }
      async function others(): Promise<void> {
        for (let round = 0; round < 25; round += 1) {
          const [one = '', other = ''] = some(2)
          await attempt('erasing', persons.erase(one))
          await attempt('a note', persons.addNote(other, { text: 'x', by: 'kim', at }))
          await attempt(
            'inviting',
            invites.invite(
              rooms[next(3)] ?? '',
              some(10).map((identity) => ({ identity, role: 'HOST' })),
              at,
            ),
          )
          await attempt('a role', invites.setRole({ room: 'lobby', identity: other, name: 'x', role: 'HOST', isThere: true, at }))
          if (round % 5 === 0) await attempt('forgetting', deleteOld(queries, at - 100))
        }
      }
      await Promise.all([record(), act(), act(), others(), others()])
      expect([failures, lines]).toEqual([[], []])
      expect(await audit.verify()).toMatchObject({ ok: true, rows: 100 })
      const orphans = await queries
        .selectFrom('person_words')
        .select('word')
        .where('person_id', 'not in', queries.selectFrom('people').select('id'))
        .execute()
      expect(orphans).toEqual([])
    }, 60_000)
  })
}

describeOnDatabases(describeAtOnce)
