import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultSettings } from '#shared/contract/http-settings.ts'
import { defaultAttention } from '#shared/domain/attention.ts'
import { fail } from '#shared/domain/failure.ts'
import { startScriptedServer, type ScriptedServer } from '../testing/scripted-server.ts'
import { changeSettings, readSettings } from './service-settings.ts'

describe('the settings of the service', () => {
  let server: ScriptedServer
  let asked: string[]
  let answer: object
  beforeEach(async () => {
    asked = []
    answer = { ...defaultSettings, revision: 4 }
    server = await startScriptedServer({
      http(request, response) {
        void text(request).then((body) => {
          asked.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`.trim())
          response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
        })
      },
    })
  })
  afterEach(() => server.close())
  const endpoint = () => ({ url: server.url, token: 'tok' })

  it('are read', async () => {
    expect(await readSettings(endpoint())).toEqual({ ok: true, value: answer })
    expect(asked).toEqual(['GET /api/settings Bearer tok'])
  })

  it('are changed by a PUT that names the revision it changes', async () => {
    expect(await changeSettings(endpoint(), { attention: defaultAttention, revision: 3 })).toEqual({ ok: true, value: answer })
    expect(asked).toEqual([`PUT /api/settings Bearer tok ${JSON.stringify({ attention: defaultAttention, revision: 3 })}`])
  })

  it('a conflict comes back as it is', async () => {
    answer = fail('conflict', 'somebody else has changed the settings', 'changed_meanwhile')
    expect(await changeSettings(endpoint(), { revision: 3 })).toEqual(answer)
  })

  it('a server that is gone is told of', async () => {
    await server.close()
    expect(await changeSettings(endpoint(), { revision: 3 })).toMatchObject({ ok: false, code: 'unavailable' })
  })
})
