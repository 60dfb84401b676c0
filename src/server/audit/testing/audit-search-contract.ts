import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { auditEntrySchema } from '#shared/contract/http-audit.ts'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import type { ActionResult } from '#shared/domain/action.ts'
import type { AuditFilter } from '../audit-search.ts'
import type { AuditIntent } from '../audit.ts'
import type { OpenAudit } from '../open-audit.ts'
import { ana, ben, found, intentOf, openScene, type AuditScene } from './audit-scene.ts'

const done = (...identities: string[]) => ({ ok: true, at: 0, targets: identities.map((identity) => ({ identity, ok: true })) }) as const

/** What holds for who reads the audit, in any database. */
export function describeAuditSearch(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  describe(`the search of the audit in ${kind}`, () => {
    let scene: AuditScene
    let audit: OpenAudit
    let time: number
    beforeEach(async () => {
      time = 1000
      scene = await openScene(await fresh())
      audit = await scene.serve(() => time)
    })
    afterEach(() => scene.close())

    async function act(
      intent: Partial<AuditIntent>,
      result: ActionResult | Omit<Extract<ActionResult, { ok: true }>, 'actionId'>,
    ): Promise<void> {
      const whole = intentOf(intent)
      await audit.begin(whole)
      await audit.end(whole, { ...result, actionId: whole.actionId })
      time += 1000
    }

    /** Five entries, told by their reasons. */
    async function write(): Promise<void> {
      await act({ reason: 'one' }, done('cem'))
      await act({ reason: 'two', operator: ben, type: 'mute', room: 'choir', identities: ['dora'] }, {
        ...done(),
        ok: false,
        code: 'internal',
        message: 'oh',
      } as unknown as ActionResult)
      await act(
        { reason: 'three', type: 'mute_all', identities: [] },
        {
          ...done('cem', 'eve'),
          targets: [
            { identity: 'cem', ok: true },
            { identity: 'eve', ok: false, code: 'unavailable', detail: 'unreachable', message: 'no eve' },
          ],
        },
      )
      await audit.note(
        { ...intentOf({ reason: 'four', operator: ben, type: 'ban', identities: ['eve'] }), actionId: null },
        { ok: false, code: 'forbidden', message: 'no' },
      )
      time += 1000
      await audit.begin(intentOf({ reason: 'five', type: 'ban', room: null }))
    }

    it('D6 finds by operator, target, room, type, result and time, and by several of these', async () => {
      await write()
      const cases: readonly [AuditFilter, string[]][] = [
        [{}, ['five', 'four', 'three', 'two', 'one']],
        [{ operator: 'ben' }, ['four', 'two']],
        [{ operator: 'be' }, []],
        [{ target: 'cem' }, ['five', 'three', 'one']],
        [{ target: 'eve' }, ['four', 'three']],
        [{ target: 'nobody' }, []],
        [{ room: 'choir' }, ['two']],
        [{ type: 'ban' }, ['five', 'four']],
        [{ result: 'done' }, ['one']],
        [{ result: 'failed' }, ['two']],
        [{ result: 'partly' }, ['three']],
        [{ result: 'refused' }, ['four']],
        [{ result: 'running' }, ['five']],
        [{ result: 'unknown' }, []],
        [{ from: 2000, to: 4000 }, ['three', 'two']],
        [{ from: 4001 }, ['five']],
        [{ operator: 'ana', target: 'cem', room: 'yoga', type: 'remove', result: 'done', from: 0, to: 9999 }, ['one']],
      ]
      for (const [filter, reasons] of cases)
        expect([filter, (await found(audit, filter)).map(({ reason }) => reason)]).toEqual([filter, reasons])
    })

    it('tells each entry whole', async () => {
      await write()
      const [, four, three, two, one] = await found(audit)
      expect(one).toMatchObject({
        at: 1000,
        endedAt: 0,
        operator: ana.name,
        role: 'moderator',
        type: 'remove',
        room: 'yoga',
        result: 'done',
        code: null,
        why: null,
        targetCount: 1,
      })
      expect(one?.targets).toEqual([{ identity: 'cem', ok: true }])
      expect(two).toMatchObject({ result: 'failed', code: 'internal', why: 'oh', targets: [{ identity: 'dora', ok: false }] })
      expect(three).toMatchObject({ result: 'partly', code: 'unavailable', detail: 'unreachable', targetCount: 2 })
      expect(three?.targets).toEqual([
        { identity: 'cem', ok: true },
        { identity: 'eve', ok: false, code: 'unavailable', detail: 'unreachable' },
      ])
      expect(four).toMatchObject({
        at: 4000,
        endedAt: 4000,
        result: 'refused',
        code: 'forbidden',
        why: 'no',
        targets: [{ identity: 'eve', ok: false }],
      })
      for (const entry of await found(audit)) auditEntrySchema.parse(entry)
    })

    it('says why the only target failed', async () => {
      await act(
        {},
        { ...done(), targets: [{ identity: 'cem', ok: false, code: 'not_found', detail: 'participant_gone', message: 'cem has left' }] },
      )
      expect(await found(audit)).toMatchObject([{ result: 'failed', code: 'not_found', detail: 'participant_gone', why: 'cem has left' }])
    })

    it('shows who was erased as nobody', async () => {
      await write()
      await scene.database.queries.deleteFrom('people').where('identity', '=', 'cem').execute()
      expect(await found(audit, { type: 'remove' })).toMatchObject([{ targets: [{ identity: null, ok: true }], targetCount: 1 }])
      expect(await found(audit, { target: 'cem' })).toEqual([])
    })

    it('shows twenty of many targets, and says how many there are', async () => {
      const identities = Array.from({ length: 25 }, (_, index) => `p${index}`)
      await act({ identities }, done(...identities))
      const [entry] = await found(audit)
      expect(entry?.targetCount).toBe(25)
      expect(entry?.targets.map(({ identity }) => identity)).toEqual(identities.slice(0, 20))
    })

    it('is read page by page, each entry once, though more come meanwhile', async () => {
      for (let index = 0; index < 7; index += 1) await act({ reason: String(index) }, done('cem'))
      const read: (string | null)[] = []
      for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null;) {
        const { entries, next } = await audit.search({}, { before, limit: 3, targets: 20 })
        read.push(...entries.map(({ reason }) => reason))
        await act({ reason: 'later' }, done('cem'))
        before = next
      }
      expect(read).toEqual(['6', '5', '4', '3', '2', '1', '0'])
    })

    it('D6 exports all that is found, as JSON and as CSV, but nothing newer', { timeout: 60_000 }, async () => {
      for (let index = 0; index < 520; index += 1)
        await audit.note(intentOf({ reason: `=${index}`, operator: index % 2 === 0 ? ana : ben }), null)
      const { seq } = await audit.head()
      await audit.note(intentOf({ reason: 'newer' }), null)
      const json = z.array(auditEntrySchema).parse(JSON.parse(await text(Readable.from(audit.export({}, 'json', seq + 1)))))
      expect(json.map(({ reason }) => reason)).toEqual(Array.from({ length: 520 }, (_, index) => `=${519 - index}`))
      const csv = await text(Readable.from(audit.export({ operator: 'ana' }, 'csv', seq + 1)))
      const lines = csv.split('\r\n')
      expect(lines).toHaveLength(262)
      expect(lines[0]).toMatch(/^"seq","at",.*,"hash"$/)
      expect(lines[1]).toContain(`,"'=518",`)
      expect(JSON.parse(await text(Readable.from(audit.export({ operator: 'nobody' }, 'json', seq + 1))))).toEqual([])
    })

    it('D6 an export reads no more people at once than a bulk action can be about, and leaves out none', { timeout: 60_000 }, async () => {
      const identities = Array.from({ length: 3000 }, (_none, index) => `p${index}`)
      for (let index = 0; index < 4; index += 1) await act({ identities }, done(...identities))
      const { seq } = await audit.head()
      const pieces: number[] = []
      let whole = ''
      for await (const piece of audit.export({}, 'json', seq + 1)) {
        pieces.push(piece.split('"identity"').length - 1)
        whole += piece
      }
      expect(Math.max(...pieces)).toBeLessThanOrEqual(5000)
      const entries = z.array(auditEntrySchema).parse(JSON.parse(whole))
      expect(entries.map(({ targets, targetCount }) => [targets.length, targetCount])).toEqual(
        identities.slice(0, 4).map(() => [3000, 3000]),
      )
    })
  })
}
