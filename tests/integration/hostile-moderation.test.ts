import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { disposeRtc } from '#demo/rtc.ts'
import { auditPageSchema } from '#shared/contract/http-audit.ts'
import { measuresSchema } from '#shared/contract/http-measures.ts'
import { addedOperatorSchema } from '#shared/contract/http-operators.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { startPostgres, type PostgresPeer } from '../harness/postgres.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { send } from '../harness/webhooks.ts'
import { peers } from '../peers.ts'

const serviceToken = 'a-service-token-of-the-tests'

afterAll(disposeRtc)

async function ask(url: string, method: string, path: string, { body, token = adminToken }: { body?: unknown; token?: string } = {}) {
  const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  const answered = await send(url, path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  if ('error' in answered) throw new Error(answered.error)
  const parsed: unknown = answered.body === '' ? null : JSON.parse(answered.body)
  return { status: answered.status, body: parsed }
}

const act = (url: string, action: Record<string, unknown>, token?: string) =>
  ask(url, 'POST', '/api/actions', { body: { actionId: randomUUID(), reason: 'spam', ...action }, ...(token ? { token } : {}) })

describe.skipIf(peers.livekit === null || peers.postgres === null)('who means harm, or nonsense, on a real PostgreSQL', () => {
  let postgres: PostgresPeer
  let stack: Stack
  let url = ''
  const tokens: Record<string, string> = {}
  beforeAll(async () => {
    postgres = await startPostgres(peers.postgres ?? '')
    stack = await startStack()
    const database = { kind: 'postgres', url: await postgres.createDatabase() } as const
    url = (await stack.serve(0, { database, serviceToken })).url
    for (const role of ['viewer', 'support', 'moderator']) {
      const added = await ask(url, 'POST', '/api/operators', { body: { name: `some ${role}`, role } })
      tokens[role] = addedOperatorSchema.parse(added.body).token
    }
  }, 60_000)
  afterAll(async () => {
    await stack.stop()
    await postgres.stop()
  })

  const nul = '%00'
  const nonsense = [
    ...[nul, '%ED%A0%80', '%2e%2e', '%F0%9F%98%80'.repeat(256), 'a'.repeat(512), '%E2%80%AE', "'%22;--"].flatMap((name) => [
      ['GET', `/api/people/${name}`],
      ['GET', `/api/people?q=${name}`],
      ['DELETE', `/api/people/${name}`],
      ['GET', `/api/rooms/${name}`],
      ['GET', `/api/rooms/${name}/sessions`],
      ['GET', `/api/sessions/${name}`],
      ['GET', `/api/measures?identity=${name}&room=${name}`],
      ['GET', `/api/measures/check?identity=${name}&room=${name}`],
      ['GET', `/api/audit?operator=${name}`],
      ['GET', `/api/audit?target=${name}&room=${name}`],
    ]),
    ...['', '-1', '0', '1e9', '9'.repeat(400), 'NaN', nul, '1.5'].flatMap((number) => [
      ['GET', `/api/audit?limit=${number}`],
      ['GET', `/api/audit?after=${number}`],
      ['GET', `/api/audit?from=${number}&to=${number}`],
      ['GET', `/api/rooms/lobby/sessions?limit=${number}`],
      ['GET', `/api/rooms/lobby/sessions?after=${number}`],
    ]),
    ['GET', '/api/audit?after=999999999999999'],
    ['GET', '/api/audit?result=running&result=unknown'],
    ['GET', '/api/audit?operator=a&operator=b'],
    ['GET', '/api/audit?from=9007199254740991'],
    ['GET', '/api/people?q=a&q=b'],
    ['GET', '/api/people?q[]=a'],
    ['GET', '/api/measures?active=maybe'],
    ['GET', `/api/people/${'a'.repeat(20_000)}`],
    ['DELETE', '/api/people/'],
    ['DELETE', '/api/people/%'],
  ] as const

  it('is answered with what it is, and never with a failure of the server', async () => {
    const failed: string[] = []
    for (const [method = '', path = ''] of nonsense) {
      const { status } = await ask(url, method, path)
      if (status >= 500) failed.push(`${method} ${path.slice(0, 60)}: ${status}`)
    }
    expect(failed).toEqual([])
  })

  it('actions full of it are refused or done, and are in the audit', async () => {
    const strange = ['\0', '\u{202E}evil', 'a\0b', '\u{1F600}'.repeat(256), '__proto__', 'constructor']
    const actions = strange.flatMap((name) => [
      { type: 'ban', scope: 'all', identity: name, until: null },
      {
        type: 'deny_sources',
        scope: 'room',
        room: name,
        identity: name,
        sources: ['camera'],
        until: null,
        reason: `why\0${name}`.slice(0, 400),
      },
      { type: 'set_role', room: name, identity: name, role: name.slice(0, 64) },
      { type: 'send_message', room: name, text: name },
      { type: 'lift', measureId: name.slice(0, 64) },
      { type: 'edit_measure', measureId: name.slice(0, 64), revision: 1, until: null },
      { type: 'edit_measure', measureId: 'x', revision: 9e15, until: null },
      { type: 'close_room', room: name, until: 8.64e15 },
      { type: 'lock', room: name, sources: ['camera'], except: { identities: [name], roles: [name.slice(0, 64)] }, until: null },
    ])
    const failed: string[] = []
    for (const action of actions) {
      const { status, body } = await act(url, action)
      if (status >= 500) failed.push(`${JSON.stringify(action).slice(0, 80)}: ${status} ${JSON.stringify(body)}`)
    }
    expect(failed).toEqual([])
    const page = auditPageSchema.parse((await ask(url, 'GET', '/api/audit?limit=500')).body)
    expect(page.entries.length).toBeGreaterThanOrEqual(actions.length)
    expect(page.entries.filter(({ result }) => result === 'unknown' || result === 'running')).toEqual([])
    expect((await ask(url, 'GET', '/api/audit/check')).body).toMatchObject({ ok: true })
    const { measures } = measuresSchema.parse((await ask(url, 'GET', '/api/measures?active=true')).body)
    for (const { id } of measures) expect((await act(url, { type: 'lift', measureId: id })).status).toBe(200)
  }, 60_000)

  it('5,000 people at once are in the audit, each once', async () => {
    const identities = Array.from({ length: 5000 }, (_none, index) => `crowd ${index}`)
    const actionId = randomUUID()
    const asked = await act(url, {
      actionId,
      type: 'deny_sources',
      scope: 'room',
      room: 'nowhere',
      identities,
      sources: ['camera'],
      until: Date.now() + 3_000_000,
    })
    expect(asked).toMatchObject({ status: 200, body: { ok: true } })
    const page = auditPageSchema.parse((await ask(url, 'GET', '/api/audit?limit=1')).body)
    expect(page.entries[0]).toMatchObject({ actionId, targetCount: 5000, result: 'done' })
    // The same again is answered from there.
    expect(
      (await act(url, { actionId, type: 'deny_sources', scope: 'room', room: 'nowhere', identities, sources: ['camera'], until: 1 })).body,
    ).toEqual(asked.body)
  }, 120_000)

  it('D6 who is refused in a loop, over HTTP or a socket, does not fill the audit', async () => {
    const added = await ask(url, 'POST', '/api/operators', { body: { name: 'a broken script', role: 'viewer' } })
    const { token } = addedOperatorSchema.parse(added.body)
    const action = { type: 'mute', room: freshRoom('loop'), identity: 'ana', sources: ['microphone'] }
    for (let count = 0; count < 120; count += 1) await act(url, action, token)
    expect(await act(url, action, token)).toMatchObject({ status: 429, body: { ok: false, code: 'rate_limited' } })
    const client = await connectConsole(url, token)
    expect(await client.send('act', { ...action, actionId: randomUUID() })).toMatchObject({ ok: false, code: 'rate_limited' })
    client.close()
    const page = auditPageSchema.parse((await ask(url, 'GET', '/api/audit?limit=500&operator=a%20broken%20script')).body)
    expect(page.entries.map(({ code }) => code)).toEqual(['rate_limited', ...Array.from({ length: 100 }, () => 'forbidden')])
  })

  it('D7 a role does no more sideways than straight on', async () => {
    const { support = '', moderator = '', viewer = '' } = tokens
    const room = freshRoom('sideways')
    const hour = 3_600_000
    const imposed = async (action: Record<string, unknown>, token: string) => {
      const { body } = await act(url, { room, scope: 'room', identity: 'ana', ...action }, token)
      return typeof body === 'object' && body !== null && 'measureId' in body ? String(body.measureId) : JSON.stringify(body)
    }
    const status = async (action: Record<string, unknown>, token: string) => (await act(url, { room, ...action }, token)).status
    const own = await imposed({ type: 'deny_sources', sources: ['camera'], until: Date.now() + hour }, support)
    const endless = await imposed({ type: 'ban', until: null }, adminToken)
    expect(
      await Promise.all([
        status({ type: 'edit_measure', measureId: own, revision: 1, until: Date.now() + 1.5 * hour }, support),
        status({ type: 'edit_measure', measureId: own, revision: 1, until: null }, support),
        status({ type: 'lift', measureId: endless }, support),
        status({ type: 'edit_measure', measureId: endless, revision: 1, until: Date.now() + 1000 }, support),
        status({ type: 'edit_measure', measureId: endless, revision: 1, until: Date.now() + 40 * 24 * hour }, moderator),
        status({ type: 'deny_sources', scope: 'all', identities: ['ana', 'bo'], sources: ['camera'], until: null }, support),
        status({ type: 'close_room', until: null }, support),
        status({ type: 'mute', identity: 'ana', sources: ['microphone'] }, viewer),
        status({ type: 'mute', identity: 'ana', sources: ['microphone'] }, serviceToken),
      ]),
    ).toEqual([403, 403, 403, 403, 403, 403, 403, 403, 403])
    for (const path of ['/api/people?q=', '/api/audit', '/api/sessions/x']) {
      for (const token of [viewer, serviceToken]) expect([path, (await ask(url, 'GET', path, { token })).status]).toEqual([path, 403])
    }
    expect((await ask(url, 'GET', '/api/audit', { token: support })).status).toBe(403)
    await act(url, { type: 'lift', measureId: endless })
  })
})

describe.skipIf(peers.livekit === null)('X1 nobody slips between', () => {
  let stack: Stack
  let client: ConsoleClient
  afterAll(async () => {
    client.close()
    await stack.stop()
  })

  it('where only observers see who comes, long before a sweep; also of many stays of one identity at once', async () => {
    stack = await startStack({ webhooksTo: [] })
    const { url } = await stack.serve(0, { observeRooms: 20, syncIntervalMs: 60_000 })
    const room = freshRoom('seen')
    await stack.join(room, 'keeper')
    expect(await ask(url, 'POST', '/api/sync-rooms', { body: { action: 'sync' } })).toMatchObject({ status: 200 })
    await expect
      .poll(
        async () => JSON.stringify((await ask(url, 'GET', `/api/rooms/${encodeURIComponent(room)}`)).body).includes('"observedAt":null'),
        {
          timeout: 10_000,
        },
      )
      .toBe(false)
    expect(await act(url, { type: 'ban', room, scope: 'room', identity: 'bo', until: null })).toMatchObject({ status: 200 })
    client = await connectConsole(url)
    const present = async () =>
      (await stack.api.listParticipants(room)).filter(({ permission }) => !permission?.hidden).map(({ identity }) => identity)
    const removals = () => client.feed.filter(({ type, data }) => type === 'participant_removed' && data.cause === 'server').length
    for (let round = 0; round < 3; round += 1) {
      const before = removals()
      const began = performance.now()
      // Each newer stay ends the one before; who is removed while they join may never hear of it.
      for (let stay = 0; stay < 3; stay += 1) void stack.join(room, 'bo', { microphone: true }).catch(() => undefined)
      await client.until(() => removals() > before)
      await expect.poll(present, { timeout: 8000 }).toEqual(['keeper'])
      expect(performance.now() - began).toBeLessThan(10_000)
    }
  }, 60_000)
})
