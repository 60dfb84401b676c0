import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import type { ActionResult } from '#shared/domain/action.ts'
import type { OpenAudit } from '../open-audit.ts'
import { verifyAudit } from '../verify-audit.ts'
import { ben, found, intentOf, openScene, type AuditScene } from './audit-scene.ts'

const begun = { ok: true, value: { kind: 'begun' } }
const running = { ok: true, value: { kind: 'running' } }
const unknown = { ok: true, value: { kind: 'unknown' } }

/** What holds for who writes to the audit, in any database. */
export function describeAuditBook(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  describe(`the book of the audit in ${kind}`, () => {
    let scene: AuditScene
    let audit: OpenAudit
    let time: number
    beforeEach(async () => {
      time = 1_000_000
      scene = await openScene(await fresh())
      audit = await scene.serve(() => time)
    })
    afterEach(() => scene.close())

    it('D6 lets something begin once, and answers with what came of it from then on', async () => {
      const intent = intentOf({ identities: ['cem', 'dora'] })
      expect(await audit.begin(intent)).toEqual(begun)
      expect(await audit.begin(intent)).toEqual(running)
      const result: ActionResult = {
        ok: true,
        actionId: intent.actionId,
        at: 1_000_100,
        targets: [
          { identity: 'cem', ok: true },
          { identity: 'dora', ok: false, code: 'not_found', detail: 'participant_gone', message: 'dora is not in the room any more' },
        ],
        measureId: 'm1',
      }
      await audit.end(intent, result)
      expect(await audit.begin(intent)).toEqual({ ok: true, value: { kind: 'known', result } })
      const other = await scene.serve()
      expect(await other.begin(intent)).toEqual({ ok: true, value: { kind: 'known', result } })
      expect(await found(other)).toMatchObject([{ result: 'partly', at: 1_000_000, endedAt: 1_000_100, measureId: 'm1' }])
    })

    it('D6 tells nobody what came of another operator’s action', async () => {
      const intent = intentOf()
      await audit.begin(intent)
      await audit.end(intent, { ok: true, actionId: intent.actionId, at: 1, targets: [] })
      const stranger = { ...intent, operator: { name: 'somebody else', role: 'admin' } } as const
      expect(await audit.begin(stranger)).toMatchObject({ ok: false, code: 'conflict' })
      expect(await found(audit)).toHaveLength(1)
    })

    it('D6 answers with a refusal as it was', async () => {
      const intent = intentOf()
      await audit.begin(intent)
      const result: ActionResult = {
        ok: false,
        actionId: intent.actionId,
        code: 'unavailable',
        detail: 'timeout_unknown',
        message: 'LiveKit did not answer',
      }
      await audit.end(intent, result)
      expect(await (await scene.serve()).begin(intent)).toEqual({ ok: true, value: { kind: 'known', result } })
    })

    it('D6 answers with what is left of a result where somebody was erased', async () => {
      const intent = intentOf()
      await audit.begin(intent)
      const failed = { identity: 'cem', ok: false, code: 'not_found', message: 'cem has left' } as const
      await audit.end(intent, { ok: true, actionId: intent.actionId, at: 5, targets: [failed] })
      await scene.database.queries.deleteFrom('people').execute()
      await scene.database.queries.deleteFrom('audit_texts').execute()
      expect(await audit.begin(intent)).toEqual({
        ok: true,
        value: {
          kind: 'known',
          result: { ok: true, actionId: intent.actionId, at: 5, targets: [{ identity: '', ok: false, code: 'not_found' }] },
        },
      })
    })

    it('D6 of two servers that begin the same at once one does', async () => {
      // Nobody but this server writes to a SQLite file.
      const other = scene.settings.kind === 'postgres' ? await scene.serve(() => time) : audit
      for (let round = 0; round < 5; round += 1) {
        const intent = intentOf()
        const answers = await Promise.all([audit.begin(intent), other.begin(intent), audit.begin(intent)])
        expect(answers.filter((answer) => answer.ok && answer.value.kind === 'begun')).toHaveLength(1)
      }
      expect(await audit.verify()).toMatchObject({ ok: true, rows: 5 })
    })

    it('D6 never begins again what another run began and did not end', async () => {
      const intent = intentOf()
      await audit.begin(intent)
      const later = await scene.serve(() => time)
      // Nobody but this server writes to a SQLite file, so the run before is over.
      const before = scene.settings.kind === 'postgres' ? running : unknown
      expect(await later.begin(intent)).toEqual(before)
      expect(await found(later)).toMatchObject([{ result: before.value.kind, endedAt: null, targets: [{ identity: 'cem', ok: null }] }])
      time += 60_000
      expect(await later.begin(intent)).toEqual(unknown)
      expect(await found(later)).toMatchObject([{ result: 'unknown' }])
      // The one that is at it knows better.
      expect(await audit.begin(intent)).toEqual(running)
      expect(await found(audit)).toMatchObject([{ result: 'running' }])
    })

    it('D6 notes what was refused, each time', async () => {
      const refused = { ok: false, code: 'forbidden', message: 'the role support may not do that' } as const
      const intent = intentOf({ operator: ben })
      await audit.note(intent, refused)
      await audit.note(intent, refused)
      await audit.note({ ...intent, actionId: null, type: 'add_note', text: 'is loud' }, null)
      await audit.close()
      const entries = await found(audit)
      expect(entries.map(({ result, why, text }) => [result, why, text])).toEqual(
        expect.arrayContaining([
          ['refused', 'the role support may not do that', null],
          ['refused', 'the role support may not do that', null],
          ['done', null, 'is loud'],
        ]),
      )
      expect(await verifyAudit(scene.database.queries)).toMatchObject({ ok: true, rows: 3 })
    })

    it('logs its newest hash when it is told to begin', async () => {
      await audit.note(intentOf(), null)
      const { hash } = await audit.head()
      ;(await scene.serve()).tellNewestHash()
      await expect.poll(() => scene.lines.join('\n')).toContain(`"auditHash":"${hash}"`)
    })
  })
}
