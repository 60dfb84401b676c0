import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { auditCheckSchema, auditEntrySchema, auditPageSchema } from '#shared/contract/http-audit.ts'
import { succeed } from '#shared/domain/failure.ts'
import { found, intentOf, openScene, type AuditScene } from '#server/audit/testing/audit-scene.ts'
import type { OpenAudit } from '#server/audit/open-audit.ts'
import { openRoutes } from '../testing/open-routes.ts'

describe('the routes of the audit', () => {
  let scene: AuditScene
  let audit: OpenAudit
  let app: ReturnType<typeof openRoutes>
  beforeEach(async () => {
    scene = await openScene({ kind: 'memory' })
    audit = await scene.serve()
    app = openRoutes({
      audit,
      operators: {
        add: () =>
          Promise.resolve(
            succeed({
              name: 'ben',
              role: 'viewer',
              createdAt: 1,
              createdBy: 'x',
              lastUsedAt: null,
              expiresAt: null,
              revokedAt: null,
              token: 'usher_a-secret',
            }),
          ),
      },
      serviceSettings: { change: () => Promise.resolve({ ok: false, code: 'conflict', message: 'ana was quicker' }) },
    })
  })
  afterEach(async () => {
    await app.close()
    await scene.close()
  })

  const ask = (url: string, role = 'moderator') => app.inject({ url, headers: { authorization: `Bearer ${role}` } })

  async function write(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) await audit.note({ ...intentOf({ reason: `=${index}` }), actionId: null }, null)
  }

  it('D6 answers newest first, page by page', async () => {
    await write(5)
    const first = auditPageSchema.parse((await ask('/api/audit?limit=3')).json())
    expect(first.entries.map(({ reason }) => reason)).toEqual(['=4', '=3', '=2'])
    const last = auditPageSchema.parse((await ask(`/api/audit?limit=3&after=${first.next}`)).json())
    expect([last.entries.map(({ reason }) => reason), last.next]).toEqual([['=1', '=0'], undefined])
  })

  it.each(['/api/audit?after=x', '/api/audit?type=nonsense', '/api/audit?limit=0', '/api/audit?format=xls'])('refuses %s', async (url) => {
    const answer = await ask(url)
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { ok: false, code: 'invalid' }])
  })

  it('D7 is for moderators and admins, and its check for admins', async () => {
    expect([(await ask('/api/audit', 'support')).statusCode, (await ask('/api/audit/check')).statusCode]).toEqual([403, 403])
    await write(2)
    expect(auditCheckSchema.parse((await ask('/api/audit/check', 'admin')).json())).toMatchObject({ ok: true, rows: 2, brokenAt: null })
  })

  it('D6 exports as a file, and has that in itself', async () => {
    await write(3)
    const csv = await ask('/api/audit?format=csv&operator=ana&target=cem')
    expect(csv.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': expect.stringMatching(/^attachment; filename="audit-\d{4}-\d\d-\d\d\.csv"$/),
      'cache-control': 'no-store',
    })
    expect(
      csv.body
        .split('\r\n')
        .slice(1, 4)
        .map((line) => /"'=\d"/.exec(line)?.[0]),
    ).toEqual([`"'=2"`, `"'=1"`, `"'=0"`])
    const json = await ask('/api/audit?format=json')
    expect(auditEntrySchema.array().parse(json.json())).toHaveLength(4)
    const exported = await found(audit, { type: 'export_audit' })
    expect(exported).toMatchObject([
      { operator: 'the moderator', text: '{"format":"json"}', targets: [] },
      { operator: 'the moderator', text: '{"format":"csv","operator":"ana"}', targets: [{ identity: 'cem' }] },
    ])
  })

  it('D6 has in it what admins change, without the token', async () => {
    const headers = { authorization: 'Bearer admin' }
    await app.inject({ method: 'POST', url: '/api/operators', headers, payload: { name: 'ben', role: 'viewer' } })
    await app.inject({ method: 'PUT', url: '/api/settings', headers, payload: { revision: 3 } })
    const entries = await found(audit)
    expect(entries).toMatchObject([
      {
        type: 'change_settings',
        operator: 'the admin',
        result: 'refused',
        code: 'conflict',
        why: 'ana was quicker',
        text: '{"revision":3}',
      },
      { type: 'add_operator', operator: 'the admin', result: 'done', text: 'ben, viewer' },
    ])
    expect(JSON.stringify(entries)).not.toContain('a-secret')
  })

  it('says in one line that the database is away', async () => {
    await scene.database.queries.schema.dropTable('audit_rows').execute()
    for (const url of ['/api/audit', '/api/audit/check']) {
      const answer = await ask(url, 'admin')
      expect([answer.statusCode, answer.json()]).toMatchObject([503, { ok: false, code: 'unavailable' }])
    }
  })
})
