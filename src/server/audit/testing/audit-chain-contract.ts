import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { intentDraft, noteDraft, outcomeDraft } from '../audit-draft.ts'
import { erasePersonTexts } from '../erase-person-texts.ts'
import { verifyAudit } from '../verify-audit.ts'
import { intentOf, openScene, storeOf, type AuditScene } from './audit-scene.ts'

/** Another process that adds pairs of rows. */
async function appendElsewhere(settings: DatabaseSettings, pairs: number): Promise<void> {
  const program = fileURLToPath(new URL('append-rows.ts', import.meta.url))
  const child = spawn(process.execPath, [program, JSON.stringify(settings), String(pairs)], { stdio: ['ignore', 'ignore', 'inherit'] })
  await once(child, 'close')
  if (child.exitCode !== 0) throw new Error(`it ended with ${child.exitCode}`)
}

/** What holds for the chain in any database. */
export function describeAuditChain(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  describe(`the chain of the audit in ${kind}`, () => {
    let scene: AuditScene
    beforeEach(async () => {
      scene = await openScene(await fresh())
    })
    afterEach(() => scene.close())

    const queries = () => scene.database.queries
    const append = (...drafts: Parameters<ReturnType<typeof storeOf>['append']>[0]) => storeOf(scene.database).append(drafts)
    const verify = () => verifyAudit(queries())

    /** Six rows: two actions, and two notes. */
    async function write(): Promise<void> {
      for (const identities of [['cem'], ['cem', 'dora', 'eve']]) {
        const intent = intentOf({ identities })
        const [first, ...others] = identities.map((identity) => ({ identity, ok: true }))
        await append(intentDraft(intent, 1000))
        const targets = [
          { identity: first?.identity ?? '', ok: false, code: 'not_found', detail: 'participant_gone', message: 'cem has left' } as const,
          ...others,
        ]
        await append(outcomeDraft(intent, { ok: true, actionId: intent.actionId, at: 1100, targets }, 1100))
      }
      await append(
        noteDraft(intentOf({ identities: [] }), null, 1200),
        noteDraft({ ...intentOf(), actionId: null }, { ok: false, code: 'forbidden', message: 'no' }, 1300),
      )
    }

    it('is whole when it is empty, and after each row', async () => {
      expect(await verify()).toEqual({ ok: true, rows: 0, newestHash: null, brokenAt: null, why: null, isExpectedThere: true })
      await write()
      const { hash } = await storeOf(scene.database).head()
      expect(await verify()).toMatchObject({ ok: true, rows: 6, newestHash: hash })
      expect(hash).toMatch(/^[0-9a-f]{64}$/)
    })

    it('stays one chain while two processes add to it at once', { timeout: 60_000 }, async () => {
      await Promise.all([0, 1].map(() => appendElsewhere(scene.settings, 40)))
      expect(await verify()).toMatchObject({ ok: true, rows: 160 })
      const writers = await queries().selectFrom('audit_rows').select('instance').distinct().execute()
      expect(writers).toHaveLength(2)
    })

    it('holds each step of an action once, whoever is first', async () => {
      const intent = intentOf()
      expect(await append(intentDraft(intent, 1))).toEqual([true])
      expect(await append(noteDraft(intent, null, 1), intentDraft(intent, 2), intentDraft(intentOf(), 3))).toEqual([true, false, true])
      const twice = intentOf()
      expect(await append(intentDraft(twice, 4), intentDraft(twice, 5))).toEqual([true, false])
      expect(await verify()).toMatchObject({ ok: true, rows: 4 })
    })

    it('holds a draft once that is written again because nobody heard that it was', async () => {
      const draft = intentDraft(intentOf(), 1)
      await append(draft)
      expect(await append(draft)).toEqual([true])
      expect(await append(noteDraft(intentOf(), null, 1), draft)).toEqual([true, true])
      expect(await storeOf(scene.database).holds(draft)).toBe(true)
      expect(await storeOf(scene.database).holds(intentDraft(intentOf(), 1))).toBe(false)
      expect(await verify()).toMatchObject({ ok: true, rows: 2 })
    })

    it('holds texts and names that no database can, as near as it can', async () => {
      const odd = 'a\0b\uD800 👩‍🚀 \uFFFC'
      await append(intentDraft(intentOf({ identities: [odd], reason: odd, text: odd, room: odd }), 2 ** 45))
      expect(await verify()).toMatchObject({ ok: true, rows: 1 })
    })

    it('takes thousands of people in one row', async () => {
      const identities = Array.from({ length: 5000 }, (_, index) => `somebody ${index}`)
      await append(intentDraft(intentOf({ identities }), 1))
      expect(
        await queries()
          .selectFrom('audit_targets')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .execute(),
      ).toEqual([{ count: 5000 }])
      expect(await verify()).toMatchObject({ ok: true, rows: 1 })
    })

    it('is broken at a row of which anything was changed', async () => {
      await write()
      const changes = {
        at: 1001,
        step: 'note',
        action_id: 'another',
        entry: 1,
        instance: 'another',
        operator: 'ben',
        role: 'admin',
        type: 'ban',
        room: null,
        measure_id: 'm1',
        result: 'done',
        code: 'internal',
        detail: 'banned',
        targets_digest: '',
        text_digest: '',
        hash: '',
      } as const
      const { seq, ...row } = await queries().selectFrom('audit_rows').selectAll().where('seq', '=', 3).executeTakeFirstOrThrow()
      expect(Object.keys(changes).toSorted()).toEqual(Object.keys(row).toSorted())
      for (const [column, value] of Object.entries(changes)) {
        await queries()
          .updateTable('audit_rows')
          .set({ ...row, [column]: value })
          .where('seq', '=', seq)
          .execute()
        expect({ column, ...(await verify()) }).toMatchObject({ column, ok: false, brokenAt: 3, rows: 2 })
      }
      await queries().updateTable('audit_rows').set(row).where('seq', '=', seq).execute()
      expect(await verify()).toMatchObject({ ok: true })
    })

    it.each([
      [1, 1],
      [4, 4],
      [6, 6],
    ])('is broken where row %d was removed', async (seq, brokenAt) => {
      await write()
      await queries().deleteFrom('audit_rows').where('seq', '=', seq).execute()
      expect(await verify()).toMatchObject({ ok: false, brokenAt })
    })

    it.each([
      [0, 1],
      [-3, 1],
      [7, 7],
      [9, 7],
    ])('is broken where row %d was put there', async (seq, row) => {
      await write()
      await sql`insert into audit_rows (seq, at, step, action_id, entry, instance, operator, role, type, room, measure_id, result, code, detail, targets_digest, text_digest, hash) select ${sql.lit(seq)}, at, step, 'another', entry, instance, operator, role, type, room, measure_id, result, code, detail, targets_digest, text_digest, hash from audit_rows where seq = 6`.execute(
        queries(),
      )
      expect(await verify()).toMatchObject({ ok: false, brokenAt: Math.min(seq, row) })
    })

    it('is broken where two rows changed places', async () => {
      await write()
      for (const [from, to] of [
        [2, 100],
        [3, 2],
        [100, 3],
      ] as const)
        await queries().updateTable('audit_rows').set({ seq: to }).where('seq', '=', from).execute()
      expect(await verify()).toMatchObject({ ok: false, brokenAt: 2 })
    })

    it('is broken at a row of whose targets anything was changed', async () => {
      await write()
      const changes = { person_id: 'somebody else', ok: 1, code: 'internal', detail: 'banned', position: 9 } as const
      const third = queries().selectFrom('audit_targets').selectAll().where('seq', '=', 4).where('position', '=', 0)
      const { seq, ...target } = await third.executeTakeFirstOrThrow()
      for (const [column, value] of Object.entries(changes)) {
        const changed = queries().updateTable('audit_targets').where('seq', '=', seq).where('ok', 'is not', null)
        await changed
          .set({ ...target, [column]: value })
          .where('position', '=', 0)
          .execute()
        expect({ column, ...(await verify()) }).toMatchObject({ column, ok: false, brokenAt: 4 })
        await changed.set(target).where('position', 'in', [0, 9]).execute()
      }
      expect(await verify()).toMatchObject({ ok: true })
    })

    it('is broken where all targets of a row were moved on, so that a page would show none of them', async () => {
      await write()
      await sql`update audit_targets set position = position + 1000 where seq = 4`.execute(queries())
      expect(await verify()).toMatchObject({ ok: false, brokenAt: 4 })
    })

    it('is broken where a target was taken away or put there', async () => {
      await write()
      await sql`insert into audit_targets select 5, 0, person_id, ok, code, detail from audit_targets where seq = 1`.execute(queries())
      expect(await verify()).toMatchObject({ ok: false, brokenAt: 5 })
      await queries().deleteFrom('audit_targets').where('seq', 'in', [1, 5]).execute()
      expect(await verify()).toMatchObject({ ok: false, brokenAt: 1 })
    })

    it('is broken at a row with another text, and whole where a text was erased', async () => {
      await write()
      await queries().deleteFrom('audit_texts').where('seq', 'in', [1, 4]).execute()
      expect(await verify()).toMatchObject({ ok: true, rows: 6 })
      await queries().updateTable('audit_texts').set({ text: '{"reason":"nothing"}' }).where('seq', '=', 3).execute()
      expect(await verify()).toMatchObject({ ok: false, brokenAt: 3 })
    })

    it('is broken where its end is not the end', async () => {
      await write()
      await queries().updateTable('audit_head').set({ hash: 'another' }).execute()
      expect(await verify()).toMatchObject({ ok: false, brokenAt: 7 })
      await queries().deleteFrom('audit_head').execute()
      expect(await verify()).toMatchObject({ ok: false, brokenAt: 6 })
      await expect(append(noteDraft(intentOf(), null, 1))).rejects.toThrow('audit_head')
    })

    it('whose last rows were cut off neatly does not hold the hash that was noted', async () => {
      await write()
      const { hash: noted } = await storeOf(scene.database).head()
      expect(await verifyAudit(queries(), noted)).toMatchObject({ ok: true, isExpectedThere: true })
      await append(noteDraft(intentOf(), null, 1))
      expect(await verifyAudit(queries(), noted)).toMatchObject({ ok: true, isExpectedThere: true })
      await queries().deleteFrom('audit_rows').where('seq', '>=', 6).execute()
      const { hash } = await queries().selectFrom('audit_rows').select('hash').where('seq', '=', 5).executeTakeFirstOrThrow()
      await queries().updateTable('audit_head').set({ seq: 5, hash }).execute()
      expect(await verifyAudit(queries(), noted)).toMatchObject({ ok: true, rows: 5, isExpectedThere: false })
    })

    it('stays whole when a person is erased, with the texts that are about nobody else', async () => {
      await write()
      const { id } = await queries().selectFrom('people').select('id').where('identity', '=', 'cem').executeTakeFirstOrThrow()
      await queries()
        .transaction()
        .execute(async (transaction) => {
          await erasePersonTexts(transaction, id)
          await transaction.deleteFrom('people').where('id', '=', id).execute()
        })
      expect(await verify()).toMatchObject({ ok: true, rows: 6 })
      const left = await queries().selectFrom('audit_texts').select(['seq', 'text']).orderBy('seq').execute()
      expect(left.map(({ seq }) => seq)).toEqual([3, 4, 5])
      expect(left.map(({ text }) => text).join()).not.toContain('cem')
    })
  })
}
