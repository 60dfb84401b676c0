import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type PostgresPeer } from '../../../tests/harness/postgres.ts'
import { peers } from '../../../tests/peers.ts'
import type { AuditIntent } from './audit.ts'
import { found, intentOf, openScene, type AuditScene } from './testing/audit-scene.ts'
import { verifyAudit } from './verify-audit.ts'

describe.skipIf(peers.postgres === null)('the audit on a PostgreSQL that goes away', () => {
  let postgres: PostgresPeer
  let scene: AuditScene
  beforeAll(async () => {
    postgres = await startPostgres(peers.postgres ?? '')
    scene = await openScene({ kind: 'postgres', url: await postgres.createDatabase() })
  }, 30_000)
  afterAll(async () => {
    await scene.close()
    await postgres.stop()
  })

  it('D6 loses and doubles nothing while it is killed and started under load', { timeout: 60_000 }, async () => {
    const audit = await scene.serve()
    const attempts: AuditIntent[] = []
    const begun = new Set<string>()
    let isOver = false
    async function click(): Promise<void> {
      while (!isOver) {
        const intent = intentOf({ type: 'mute' })
        attempts.push(intent)
        const answer = await audit.begin(intent)
        if (!answer.ok) continue
        begun.add(intent.actionId)
        await audit.end(intent, { ok: true, actionId: intent.actionId, at: Date.now(), targets: [{ identity: 'cem', ok: true }] })
        await audit.note({ ...intentOf({ type: 'add_note' }), actionId: null, text: intent.actionId }, null)
      }
    }
    const clicking = Array.from({ length: 8 }, click)
    for (let round = 0; round < 3; round += 1) {
      const before = begun.size
      await expect.poll(() => begun.size, { timeout: 10_000 }).toBeGreaterThan(before + 20)
      await postgres.kill()
      const refused = attempts.length - begun.size
      await expect.poll(() => attempts.length - begun.size, { timeout: 10_000 }).toBeGreaterThan(refused)
      await postgres.start()
    }
    const last = begun.size
    await expect.poll(() => begun.size, { timeout: 10_000 }).toBeGreaterThan(last)
    isOver = true
    await Promise.all(clicking)
    await audit.close()

    const entries = []
    for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null;) {
      const page = await audit.search({}, { before, limit: 500, targets: 1 })
      entries.push(...page.entries)
      before = page.next
    }
    const actions = entries.filter(({ type }) => type === 'mute')
    expect(actions.filter(({ result }) => result === 'done').map(({ actionId }) => actionId)).toHaveLength(begun.size)
    expect(new Set(actions.filter(({ result }) => result === 'done').map(({ actionId }) => actionId))).toEqual(begun)
    // What could not begin is there, too, as that.
    expect(actions).toHaveLength(attempts.length)
    expect(actions.filter(({ result }) => result !== 'done').every(({ code }) => code === 'unavailable')).toBe(true)
    const notes = entries.filter(({ type }) => type === 'add_note')
    expect(notes).toHaveLength(begun.size)
    expect(new Set(notes.map(({ text }) => text))).toEqual(begun)
    expect(await verifyAudit(scene.database.queries)).toMatchObject({ ok: true })
    expect(await found(audit, { result: 'unknown' })).toEqual([])
  })
})
