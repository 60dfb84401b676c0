import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { insightsSchema } from '#shared/contract/http-insights.ts'
import { createInsightsDesk } from '#server/insights/insights-desk.ts'
import { createInsightsReader } from '#server/insights/insights-reader.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import { openRoutes } from '../testing/open-routes.ts'

const DAY_MS = 86_400_000

describe('the route of insights', () => {
  let database: Database
  let app: ReturnType<typeof openRoutes>
  beforeEach(async () => {
    const opened = await openDatabase({ kind: 'memory' })
    if (!opened.ok) throw new Error(opened.message)
    database = opened.value
    app = openRoutes({
      insights: createInsightsDesk({ read: createInsightsReader(database.queries), describe: database.describe }),
    })
  })
  afterEach(async () => {
    await app.close()
    await database.close()
  })

  const ask = (url: string, role = 'viewer') => app.inject({ url, headers: { authorization: `Bearer ${role}` } })

  it('S2.6 answers the last day where no time is given, of all rooms or of the one that is asked for', async () => {
    const now = Date.now()
    const common = { identity: 'ana', name: 'Ana', joined_at: now - 60_000, left_at: null, reconnects: 0 }
    await database.queries
      .insertInto('participant_sessions')
      .values([
        { ...common, sid: 'PA_1', room: 'the lobby', room_sid: 'RM_1' },
        { ...common, sid: 'PA_2', room: 'other', room_sid: 'RM_2' },
      ])
      .execute()
    const all = insightsSchema.parse((await ask('/api/insights')).json())
    expect(all).toMatchObject({ room: null, totals: { stays: 2, people: 1, peak: 2 } })
    expect([all.to - all.from, all.to >= now]).toEqual([DAY_MS, true])
    const one = insightsSchema.parse((await ask(`/api/insights?room=the%20lobby&from=${now - DAY_MS}&to=${now + DAY_MS}`)).json())
    expect(one).toMatchObject({ room: 'the lobby', from: now - DAY_MS, totals: { stays: 1, people: 1, peak: 1 } })
    expect(one.busiestRooms.map(({ room }) => room)).toEqual(['the lobby'])
  })

  it('D7 names those who spoke only to whom the roles let read of people', async () => {
    expect(insightsSchema.parse((await ask('/api/insights', 'viewer')).json()).talk).toBeNull()
    expect(insightsSchema.parse((await ask('/api/insights', 'support')).json()).talk).toEqual([])
  })

  it.each([
    'from=x',
    'from=-1',
    'from=1.5',
    'to=1e99',
    'from=5&to=5',
    'from=6&to=5',
    'from=1&to=99999999999999',
    'from=99999999999999',
    'room=',
  ])('refuses %s', async (query) => {
    const answer = await ask(`/api/insights?${query}`)
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { ok: false, code: 'invalid' }])
  })

  it('D7 is for whoever may look, and not for other backends', async () => {
    const roles = ['viewer', 'support', 'moderator', 'admin', 'service']
    const got = await Promise.all(roles.map(async (role) => (await ask('/api/insights', role)).statusCode))
    expect(got).toEqual([200, 200, 200, 200, 403])
  })

  it('says plainly that the database is away', async () => {
    await database.close()
    const answer = await ask('/api/insights')
    expect([answer.statusCode, answer.json()]).toMatchObject([503, { ok: false, code: 'unavailable' }])
  })
})
