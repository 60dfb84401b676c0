import { createHash } from 'node:crypto'
import { AccessToken } from 'livekit-server-sdk'
import { describe, expect, it } from 'vitest'
import { toRoomEvent } from './to-room-event.ts'
import { createWebhookVerifier } from './verify-webhook.ts'

const keys = [
  { key: 'new', secret: 'n'.repeat(32) },
  { key: 'old', secret: 'o'.repeat(32) },
]
const verify = createWebhookVerifier(keys)

async function sign(body: string, { key, secret }: { key: string; secret: string }, ttl = 60): Promise<string> {
  const token = new AccessToken(key, secret, { ttl })
  token.sha256 = createHash('sha256').update(body).digest('base64')
  return token.toJwt()
}
const room = { name: 'lobby', sid: 'RM_1', creationTime: '1700000000', creationTimeMs: '1700000000123', metadata: 'm', maxParticipants: 5 }
const participant = {
  identity: 'ana',
  sid: 'PA_1',
  name: 'Ana',
  version: 3,
  joinedAt: '1700000001',
  joinedAtMs: '1700000001456',
  kind: 'SIP',
}

async function received(body: object) {
  const text = JSON.stringify({ id: 'EV_1', createdAt: '1700000002', ...body })
  const verified = verify(Buffer.from(text), await sign(text, keys[0] ?? { key: '', secret: '' }))
  return verified.ok ? toRoomEvent(verified.value, 42) : verified
}

describe('a webhook', () => {
  it('S4.1 is taken with the signature of any of the keys over its raw body', async () => {
    const body = JSON.stringify({ event: 'room_started', id: 'EV_1', room })
    for (const key of keys) expect(verify(Buffer.from(body), await sign(body, key))).toMatchObject({ ok: true })
  })

  it('S4.1 is refused when unsigned, signed by another, for another body, or too old', async () => {
    const body = '{"event":"room_started"}'
    const refused = { ok: false, code: 'unauthorized' }
    expect(verify(Buffer.from(body), undefined)).toMatchObject(refused)
    expect(verify(Buffer.from(body), 'not.a.token')).toMatchObject(refused)
    expect(verify(Buffer.from(body), await sign(body, { key: 'new', secret: 'x'.repeat(32) }))).toMatchObject(refused)
    expect(verify(Buffer.from(body), await sign(body, { key: '__proto__', secret: 'x'.repeat(32) }))).toMatchObject(refused)
    expect(verify(Buffer.from(`${body} `), await sign(body, keys[0] ?? { key: '', secret: '' }))).toMatchObject(refused)
    expect(verify(Buffer.from(body), await sign(body, keys[0] ?? { key: '', secret: '' }, -3600))).toMatchObject(refused)
  })

  it('is refused as invalid when what was signed is no webhook event', async () => {
    for (const body of ['', 'null', '[1]', '{"room":5}', '{"event":']) {
      expect(verify(Buffer.from(body), await sign(body, keys[0] ?? { key: '', secret: '' }))).toMatchObject({
        ok: false,
        code: 'invalid',
      })
    }
  })

  it('S1.2 becomes the fact it tells, with times in ms', async () => {
    expect(
      await received({
        event: 'participant_joined',
        room,
        participant: { ...participant, permission: { hidden: true, canPublishSources: ['MICROPHONE'] } },
      }),
    ).toMatchObject({
      type: 'participant_joined',
      id: 'EV_1',
      at: 42,
      cause: 'webhook',
      room: { name: 'lobby', sid: 'RM_1', facts: { startedAt: 1_700_000_000_123, metadata: 'm', maxParticipants: 5 } },
      participant: {
        identity: 'ana',
        version: 3,
        joinedAt: 1_700_000_001_456,
        kind: 'sip',
        hidden: true,
        permissions: { canPublishSources: ['microphone'], canPublish: false },
      },
    })
    const track = { sid: 'TR_1', source: 'SCREEN_SHARE_AUDIO', muted: true }
    const told = { event: 'track_published', room: { name: 'lobby', sid: 'RM_1' }, participant: { identity: 'ana', sid: 'PA_1' }, track }
    expect(await received(told)).toMatchObject({
      type: 'track_published',
      room: { facts: null },
      track: { sid: 'TR_1', source: 'screen_share_audio', muted: true },
    })
  })

  it('S1.2 does no harm when it is of an unknown kind or lacks what it should have', async () => {
    for (const body of [
      { event: 'agent_job_started', room },
      { event: 'room_started' },
      { event: 'participant_joined', room },
      { event: 'track_published', room, participant },
      {},
    ]) {
      expect(await received(body)).toBeNull()
    }
    expect(await received({ event: 'egress_started', egressInfo: { egressId: 'EG_1', roomName: 'lobby', roomId: 'RM_1' } })).toMatchObject({
      type: 'noted',
      note: 'egress_started',
      detail: 'EG_1',
    })
  })
})
