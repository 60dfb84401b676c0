import { DataPacket_Kind, TrackSource } from '@livekit/protocol'
import { AccessToken, RoomServiceClient, WebhookReceiver, type WebhookEvent } from 'livekit-server-sdk'
import { createServer } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Emitter } from '#shared/lib/emitter.ts'
import { joinBot } from '../bot.ts'
import { findLivekitServer } from '../find-livekit.ts'
import { startLivekitServer } from '../livekit-server.ts'
import { disposeRtc } from '../rtc.ts'
import { startSimulator } from './simulator.ts'

/** `heard`: the data it was sent, each with its topic. */
type Person = { readonly leave: () => Promise<void>; readonly heard: () => string[] }
/** A server under test, and somebody who joins it with a microphone. */
type Subject = {
  readonly url: string
  readonly apiKey: string
  readonly apiSecret: string
  readonly join: (room: string, identity: string) => Promise<Person>
  readonly stop: () => Promise<void>
}

async function simulated(webhookUrl: string): Promise<Subject> {
  const simulator = await startSimulator({ webhookUrls: [webhookUrl] })
  return {
    ...simulator,
    join: async (room, identity) => {
      simulator.world.join({ room, identity, name: `Name of ${identity}`, attributes: { role: 'host' } })
      simulator.world.publish(room, identity, TrackSource.MICROPHONE)
      const heard: string[] = []
      simulator.world.messages.subscribe(({ room: where, identities, topic, data }) => {
        if (where === room && (identities.length === 0 || identities.includes(identity)))
          heard.push(`${topic}: ${new TextDecoder().decode(data)}`)
      })
      return { leave: async () => void simulator.world.leave(room, identity), heard: () => heard }
    },
  }
}

async function real(webhookUrl: string): Promise<Subject> {
  const livekit = await startLivekitServer({ binary: findLivekitServer(process.env) ?? '', webhookUrls: [webhookUrl] })
  return {
    ...livekit,
    join: async (room, identity) => {
      const named = { identity, name: `Name of ${identity}`, attributes: { role: 'host' } }
      const bot = await joinBot({ ...livekit, ...named, room, publish: { microphone: true } })
      const heard: string[] = []
      bot.onMessage(({ topic, text }) => heard.push(`${topic}: ${text}`))
      return { leave: bot.leave, heard: () => heard }
    },
    stop: async () => {
      await livekit.stop()
      await disposeRtc()
    },
  }
}

/** Takes webhooks, checks them with the SDK's receiver, and keeps what was verified. */
async function startReceiver() {
  const received: WebhookEvent[] = []
  const arrived = new Emitter<void>()
  let verifier: WebhookReceiver | null = null
  const refused: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      Promise.resolve(verifier?.receive(body, request.headers.authorization))
        .then((event) => {
          if (event) received.push(event)
          if (request.headers['content-type'] !== 'application/webhook+json') refused.push('content type')
        })
        .catch((error: unknown) => refused.push(String(error)))
        .finally(() => {
          response.end()
          arrived.emit()
        })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    received,
    refused,
    verifyWith: (apiKey: string, apiSecret: string) => {
      verifier = new WebhookReceiver(apiKey, apiSecret)
    },
    /** Resolves when the room's events, in order, are these. */
    until: (room: string, events: readonly string[]) =>
      new Promise<readonly WebhookEvent[]>((resolve) => {
        const look = () => {
          const own = received.filter((event) => event.room?.name === room)
          if (own.length < events.length) return
          unsubscribe()
          resolve(own)
        }
        const unsubscribe = arrived.subscribe(look)
        look()
      }),
    close: () => server.close(),
  }
}

function contract(start: (webhookUrl: string) => Promise<Subject>): void {
  let subject: Subject
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  let api: RoomServiceClient
  const people: Person[] = []

  beforeAll(async () => {
    receiver = await startReceiver()
    subject = await start(receiver.url)
    receiver.verifyWith(subject.apiKey, subject.apiSecret)
    api = new RoomServiceClient(subject.url, subject.apiKey, subject.apiSecret)
  }, 20_000)
  afterEach(async () => {
    for (const person of people.splice(0)) await person.leave()
  })
  afterAll(async () => {
    await subject.stop()
    receiver.close()
  })
  async function join(room: string, identity: string): Promise<Person> {
    const person = await subject.join(room, identity)
    people.push(person)
    return person
  }

  it('tells joined, published, unpublished, left in order, each signed', async () => {
    const events = ['room_started', 'participant_joined', 'track_published', 'track_unpublished', 'participant_left'] as const
    await join('in-order', 'mira')
    await receiver.until('in-order', events.slice(0, 3))
    await people.pop()?.leave()
    const seen = await receiver.until('in-order', events)
    expect(seen.map(({ event }) => event)).toEqual(events)
    expect(receiver.refused).toEqual([])
    const [started, joined, published, , left] = seen
    expect(started?.room?.sid).toMatch(/^RM_/)
    expect(joined?.participant?.sid).toMatch(/^PA_/)
    expect(joined?.participant?.permission?.canPublish).toBe(true)
    expect(joined?.participant?.attributes).toEqual({ role: 'host' })
    expect(published?.track?.sid).toMatch(/^TR_/)
    expect(published?.track?.source).toBe(TrackSource.MICROPHONE)
    expect(published?.participant?.name).toBe('')
    expect(left?.participant?.sid).toBe(joined?.participant?.sid)
    expect(left?.participant?.version).toBeGreaterThan(joined?.participant?.version ?? 0)
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length)
    expect(Math.abs(Number(started?.createdAt) - Date.now() / 1000)).toBeLessThan(10)
  })

  it('lists rooms and participants', async () => {
    await api.createRoom({ name: 'listed', metadata: 'about', maxParticipants: 3 })
    await join('listed', 'tomasz')
    await receiver.until('listed', ['room_started', 'participant_joined', 'track_published'])
    const room = (await api.listRooms(['listed']))[0]
    expect(room).toMatchObject({ name: 'listed', metadata: 'about', maxParticipants: 3 })
    expect((await api.listRooms()).map(({ name }) => name)).toContain('listed')
    const [participant] = await api.listParticipants('listed')
    expect(participant).toMatchObject({ identity: 'tomasz', name: 'Name of tomasz' })
    expect(Number(participant?.joinedAtMs)).toBeGreaterThan(Date.now() - 10_000)
    expect(await api.getParticipant('listed', 'tomasz')).toMatchObject({ sid: participant?.sid })
    expect(await api.listParticipants('nowhere')).toEqual([])
  })

  it('mutes a track, and does not unmute it', async () => {
    await join('muting', 'ines')
    const track = (await receiver.until('muting', ['room_started', 'participant_joined', 'track_published']))[2]?.track
    expect(await api.mutePublishedTrack('muting', 'ines', track?.sid ?? '', true)).toMatchObject({ muted: true })
    // LiveKit's own list follows a moment later.
    await expect.poll(async () => (await api.getParticipant('muting', 'ines')).tracks[0]?.muted).toBe(true)
    await expect(api.mutePublishedTrack('muting', 'ines', track?.sid ?? '', false)).rejects.toMatchObject({
      status: 412,
      code: 'failed_precondition',
    })
  })

  it('takes a source away: its track is unpublished', async () => {
    await join('sources', 'koji')
    await receiver.until('sources', ['room_started', 'participant_joined', 'track_published'])
    await api.updateParticipant('sources', 'koji', {
      permission: { canSubscribe: true, canPublish: true, canPublishSources: [TrackSource.CAMERA] },
    })
    const seen = await receiver.until('sources', ['room_started', 'participant_joined', 'track_published', 'track_unpublished'])
    expect(seen.at(-1)).toMatchObject({ event: 'track_unpublished' })
    await expect.poll(async () => (await api.getParticipant('sources', 'koji')).permission?.canPublishSources).toEqual([TrackSource.CAMERA])
  })

  it('changes a permission whole, at a new version; what is as it was is no change', async () => {
    await join('permissions', 'noor')
    await receiver.until('permissions', ['room_started', 'participant_joined', 'track_published'])
    const before = await api.getParticipant('permissions', 'noor')
    const permission = { canSubscribe: true, canPublish: true, canPublishData: false, canUpdateMetadata: true }
    const changed = await api.updateParticipant('permissions', 'noor', { permission })
    expect(changed.version).toBeGreaterThan(before.version)
    expect(changed.permission).toMatchObject({ ...permission, hidden: false, canPublishSources: [] })
    expect(await api.updateParticipant('permissions', 'noor', { permission })).toMatchObject({ version: changed.version, metadata: '' })
    const described = await api.updateParticipant('permissions', 'noor', { metadata: 'about' })
    expect(described).toMatchObject({ metadata: 'about', permission: { canPublishData: false, canUpdateMetadata: true } })
    // An empty text is none given.
    expect(await api.updateParticipant('permissions', 'noor', { metadata: '' })).toMatchObject({
      version: described.version,
      metadata: 'about',
    })
    await expect(api.updateParticipant('permissions', 'nobody', { metadata: 'x' })).rejects.toMatchObject({
      status: 404,
      code: 'not_found',
    })
  })

  it(
    'a track that is not there is not muted, and says nothing; data for a room that is not there has no answer',
    { timeout: 20_000 },
    async () => {
      await join('going', 'quin')
      expect(await api.mutePublishedTrack('going', 'quin', 'TR_none', true)).toBeUndefined()
      await expect(api.updateRoomMetadata('nowhere', 'x')).rejects.toMatchObject({ status: 404, code: 'not_found' })
      // A livekit-server waits for one.
      const unanswered = { status: 503, code: 'unavailable', message: expect.stringContaining('no response from servers') }
      await Promise.all([
        expect(api.mutePublishedTrack('going', 'nobody', 'TR_none', true)).rejects.toMatchObject(unanswered),
        expect(api.sendData('nowhere', new Uint8Array([1]), DataPacket_Kind.RELIABLE, { topic: 'usher' })).rejects.toMatchObject(
          unanswered,
        ),
      ])
    },
  )

  it('sends data to those who are named, or to all', async () => {
    const rosa = await join('data', 'rosa')
    const sven = await join('data', 'sven')
    const send = (destinationIdentities: string[], text: string) =>
      api.sendData('data', new TextEncoder().encode(text), DataPacket_Kind.RELIABLE, { destinationIdentities, topic: 'usher' })
    await send(['rosa'], 'to one')
    await send(['nobody'], 'to nobody')
    await send([], 'to all')
    await expect.poll(rosa.heard).toEqual(['usher: to one', 'usher: to all'])
    await expect.poll(sven.heard).toEqual(['usher: to all'])
  })

  it('sets a room’s metadata, also to nothing', async () => {
    await join('about', 'timo')
    for (const metadata of ['a room', '']) {
      expect(await api.updateRoomMetadata('about', metadata)).toMatchObject({ name: 'about', metadata })
      expect(await api.listRooms(['about'])).toMatchObject([{ metadata }])
    }
  })

  it('removes a participant; one who is not there is not found', async () => {
    await join('removing', 'lena')
    await receiver.until('removing', ['room_started', 'participant_joined', 'track_published'])
    await api.removeParticipant('removing', 'lena')
    await expect.poll(() => api.listParticipants('removing')).toEqual([])
    const missing = { status: 404, code: 'not_found' }
    await expect(api.removeParticipant('removing', 'lena')).rejects.toMatchObject(missing)
    await expect(api.getParticipant('removing', 'nobody')).rejects.toMatchObject(missing)
    await expect(api.deleteRoom('nowhere')).rejects.toMatchObject(missing)
  })

  it('ends a room with everybody in it', async () => {
    await join('ending', 'samir')
    await receiver.until('ending', ['room_started', 'participant_joined', 'track_published'])
    await api.deleteRoom('ending')
    const all = ['room_started', 'participant_joined', 'track_published', 'track_unpublished', 'participant_left', 'room_finished']
    const seen = await receiver.until('ending', all)
    expect(seen.map(({ event }) => event).toSorted()).toEqual(all.toSorted())
    expect(await api.listRooms(['ending'])).toEqual([])
  })

  it('refuses a wrong secret, a wrong key and a grant for another room', async () => {
    const wrongSecret = new RoomServiceClient(subject.url, subject.apiKey, 'x'.repeat(32))
    const wrongKey = new RoomServiceClient(subject.url, 'nobody', subject.apiSecret)
    await expect(wrongSecret.listRooms()).rejects.toMatchObject({ status: 401 })
    await expect(wrongKey.listRooms()).rejects.toMatchObject({ status: 401 })
    const elsewhere = new AccessToken(subject.apiKey, subject.apiSecret)
    elsewhere.addGrant({ roomAdmin: true, room: 'another' })
    for (const token of [null, await elsewhere.toJwt()]) {
      const response = await fetch(`${subject.url.replace('ws', 'http')}/twirp/livekit.RoomService/ListParticipants`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
        body: '{"room": "this-one"}',
      })
      expect(response.status).toBe(401)
      expect(await response.json()).toEqual({ code: 'unauthenticated', msg: 'permissions denied' })
    }
  })
}

describe('the simulator', () => {
  contract(simulated)
})
describe.skipIf(!findLivekitServer(process.env))('a real livekit-server', () => {
  contract(real)
})
