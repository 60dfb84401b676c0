import { describe, expect, it } from 'vitest'
import { checkDraft, newDraft, type Draft } from './profile-draft.ts'

function direct(values: Partial<Draft['values']>): Draft {
  const draft = newDraft('direct', 'p1', 'Production', null)
  return { ...draft, values: { ...draft.values, livekitUrl: 'wss://livekit.example.org', apiKey: 'key', apiSecret: 'secret', ...values } }
}

describe('a profile’s form', () => {
  it('a whole draft is a profile; an empty Redis address is none', () => {
    expect(checkDraft(direct({ apiKey: ' key ' }))).toEqual({
      ok: true,
      profile: {
        kind: 'direct',
        id: 'p1',
        name: 'Production',
        livekitUrl: 'wss://livekit.example.org',
        apiKey: 'key',
        apiSecret: 'secret',
        redisUrl: null,
      },
    })
  })

  it('each wrong field says what it needs', () => {
    const checked = checkDraft(direct({ name: ' ', livekitUrl: 'livekit.example.org', apiSecret: '', redisUrl: 'http://redis' }))
    expect(checked).toEqual({
      ok: false,
      errors: {
        name: 'This is missing.',
        livekitUrl: 'must be an address that starts with http://, https://, ws:// or wss://',
        apiSecret: 'This is missing.',
        redisUrl: 'must be an address that starts with redis:// or rediss://',
      },
    })
  })

  it('a team needs its server and a token, the demo only a name', () => {
    expect(checkDraft(newDraft('team', 'p2', 'Team', null))).toMatchObject({
      ok: false,
      errors: { serverUrl: 'This is missing.', token: 'This is missing.' },
    })
    expect(checkDraft(newDraft('demo', 'demo', 'Demo', null))).toEqual({ ok: true, profile: { kind: 'demo', id: 'demo', name: 'Demo' } })
  })
})
