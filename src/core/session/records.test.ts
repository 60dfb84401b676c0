import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fail } from '#shared/domain/failure.ts'
import { startScriptedServer, type ScriptedServer } from '../testing/scripted-server.ts'
import { createRecords, EXPORT_LIMIT_BYTES, type Records } from './records.ts'

describe('records', () => {
  let server: ScriptedServer
  let records: Records
  let asked: string[]
  let answer: string | Buffer
  let status: number
  beforeEach(async () => {
    asked = []
    answer = '{}'
    status = 200
    server = await startScriptedServer({
      http(request, response) {
        void text(request).then((body) => {
          asked.push(`${request.method} ${request.url} ${body}`.trim())
          response.writeHead(status, { 'content-type': 'application/json' }).end(answer)
        })
      },
    })
    records = createRecords((what) => what({ url: server.url, token: 'tok' }))
  })
  afterEach(() => server.close())

  it('X1 measures are asked for with their filter', async () => {
    answer = JSON.stringify({ measures: [] })
    expect(await records.listMeasures({ active: 'true', room: 'a/b' })).toEqual({ ok: true, value: { measures: [] } })
    expect(asked).toEqual(['GET /api/measures?active=true&room=a%2Fb'])
  })

  it('D5 people are found, read, noted and erased, whatever they are called', async () => {
    answer = JSON.stringify({ people: [], more: false })
    expect(await records.searchPeople({ q: 'سا' })).toMatchObject({ ok: true })
    answer = JSON.stringify({ id: 'n1', at: 1, by: 'mo', text: 'kind' })
    expect(await records.addNote('a/b 🎧', 'kind')).toMatchObject({ ok: true, value: { id: 'n1' } })
    answer = JSON.stringify({ erased: 7 })
    expect(await records.erasePerson('a/b 🎧')).toEqual({ ok: true, value: { erased: 7 } })
    expect(asked).toEqual([
      'GET /api/people?q=%D8%B3%D8%A7',
      'POST /api/people/a%2Fb%20%F0%9F%8E%A7/notes {"text":"kind"}',
      'DELETE /api/people/a%2Fb%20%F0%9F%8E%A7',
    ])
  })

  it('a name that no path can hold is refused here, and nothing is asked', async () => {
    expect(await records.erasePerson('..')).toMatchObject({ ok: false, code: 'invalid' })
    expect(asked).toEqual([])
  })

  it('S2.6 the sessions of a room are paged, and people invited', async () => {
    answer = JSON.stringify({ sessions: [] })
    expect(await records.listSessions('late night', { limit: 50, after: '9' })).toMatchObject({ ok: true })
    answer = JSON.stringify({ invited: 1 })
    expect(await records.invite('lobby', [{ identity: 'ada' }])).toMatchObject({ ok: true })
    expect(asked).toEqual([
      'GET /api/rooms/late%20night/sessions?limit=50&after=9',
      'POST /api/rooms/lobby/invites {"people":[{"identity":"ada"}]}',
    ])
  })

  it('D6 the audit is searched and exported as it is, with a name for the file', async () => {
    answer = JSON.stringify({ entries: [] })
    expect(await records.searchAudit({ limit: 100, result: 'failed', from: 5 })).toMatchObject({ ok: true, value: { entries: [] } })
    answer = 'seq,at\n1,2\n'
    const exported = await records.exportAudit({ limit: 100, format: 'csv' })
    expect(exported).toMatchObject({ ok: true, value: { text: answer } })
    expect(exported.ok ? exported.value.name : '').toMatch(/^usher-audit-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.csv$/)
    expect(asked).toEqual(['GET /api/audit?limit=100&result=failed&from=5', 'GET /api/audit?limit=100&format=csv'])
  })

  it('D6 a refused export says why, and one that is too large is refused plainly', async () => {
    status = 403
    answer = JSON.stringify(fail('forbidden', 'the role support may not do that'))
    expect(await records.exportAudit({ limit: 100, format: 'json' })).toEqual(fail('forbidden', 'the role support may not do that'))
    status = 200
    answer = Buffer.alloc(EXPORT_LIMIT_BYTES + 1, 32)
    expect(await records.exportAudit({ limit: 100, format: 'json' })).toMatchObject({ ok: false, code: 'unsupported' })
  })

  it('an answer of another form is told of', async () => {
    expect(await records.checkAudit()).toMatchObject({ ok: false, code: 'internal' })
  })
})
