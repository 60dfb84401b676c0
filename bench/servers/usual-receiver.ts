import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import { Redis } from 'ioredis'
import { TrackSource, WebhookReceiver } from 'livekit-server-sdk'
import { z } from 'zod'

// The usual way, as people write it: the SDK's receiver, and two JSON values per room in Redis that are read, changed and written.

const environment = z
  .object({ REDIS_URL: z.string(), LIVEKIT_API_KEY: z.string(), LIVEKIT_API_SECRET: z.string(), WEBHOOK_PATH: z.string() })
  .parse(process.env)

type StoredTrack = { sid: string; source: string; muted: boolean }
type StoredParticipant = { sid: string; identity: string; name: string; metadata: string; joinedAt: number; tracks: StoredTrack[] }
type StoredRoom = {
  sid: string
  name: string
  startedAt: number
  active: boolean
  participants: number
  lastEvent: string
  updatedAt: number
}

const redis = new Redis(environment.REDIS_URL)
const receiver = new WebhookReceiver(environment.LIVEKIT_API_KEY, environment.LIVEKIT_API_SECRET)
const app = fastify()
app.addContentTypeParser('application/webhook+json', { parseAs: 'string' }, (_request, body, done) => done(null, body))

app.post(environment.WEBHOOK_PATH, async (request, reply) => {
  let event
  try {
    event = await receiver.receive(String(request.body), request.headers.authorization)
  } catch {
    return reply.code(401).send({ error: 'invalid webhook' })
  }
  const { room, participant, track } = event
  if (!room) return { ok: true }
  const listKey = `usual:participants:${room.name}`
  const roomKey = `usual:room:${room.name}`
  // What this program wrote itself.
  let list = JSON.parse((await redis.get(listKey)) ?? '[]') as StoredParticipant[]
  switch (event.event) {
    case 'participant_joined':
      if (!participant) break
      list = list.filter(({ identity }) => identity !== participant.identity)
      list.push({
        sid: participant.sid,
        identity: participant.identity,
        name: participant.name,
        metadata: participant.metadata,
        joinedAt: Number(participant.joinedAt) * 1000,
        tracks: [],
      })
      break
    case 'participant_left':
      list = list.filter(({ identity }) => identity !== participant?.identity)
      break
    case 'track_published':
      list
        .find(({ identity }) => identity === participant?.identity)
        ?.tracks.push({
          sid: track?.sid ?? '',
          source: TrackSource[track?.source ?? 0] ?? '',
          muted: track?.muted ?? false,
        })
      break
    case 'track_unpublished':
      for (const each of list)
        if (each.identity === participant?.identity) each.tracks = each.tracks.filter(({ sid }) => sid !== track?.sid)
      break
    case 'room_finished':
      list = []
      break
    default:
  }
  await redis.set(listKey, JSON.stringify(list))
  const held = JSON.parse((await redis.get(roomKey)) ?? 'null') as StoredRoom | null
  const state: StoredRoom = {
    sid: room.sid,
    name: room.name,
    startedAt: Number(room.creationTime) * 1000 || (held?.startedAt ?? 0),
    active: event.event !== 'room_finished',
    participants: list.length,
    lastEvent: event.event,
    updatedAt: Date.now(),
  }
  await redis.set(roomKey, JSON.stringify(state))
  return { ok: true }
})

await app.listen({ host: '127.0.0.1', port: 0 })
// A server that listens on TCP has an address with a port.
process.stdout.write(`listening on http://127.0.0.1:${(app.server.address() as AddressInfo).port}\n`)
