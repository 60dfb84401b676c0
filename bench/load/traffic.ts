import { createHash, createHmac, randomBytes } from 'node:crypto'

/** How much of what: rooms, people who come and go in each, and the connections that carry it. `joinsOnly`: they join, and nothing else. */
export type TrafficSize = { readonly rooms: number; readonly people: number; readonly connections: number; readonly joinsOnly?: boolean }

/** Signed webhooks as whole HTTP requests, per connection. One room's are on one connection, in order, as LiveKit sends them. */
export type Traffic = { readonly connections: readonly (readonly Buffer[])[]; readonly events: number }

type Signing = { readonly key: string; readonly secret: string; readonly path: string }

/** How many of a room's people are in it at once, as in the bench of memory; who comes after them waits for one to leave. */
const AT_ONCE = 20

/**
 * The lives of so many rooms, signed. Bodies are those of livekit-server 1.13.5: rooms and people whole where they start, join and leave,
 * only named where a track comes and goes. Sids and ids are new at each call.
 */
export function makeTraffic({ rooms, people, connections, joinsOnly = false }: TrafficSize, signing: Signing): Traffic {
  const lives = Array.from({ length: rooms }, (_, index) => roomLife(index, people).filter((event) => !joinsOnly || isJoin(event)))
  const perConnection = Array.from({ length: connections }, (_, connection) =>
    interleaved(lives.filter((_life, index) => index % connections === connection)).map((body) => request(body, signing)),
  )
  return { connections: perConnection, events: perConnection.reduce((sum, { length }) => sum + length, 0) }
}

/** One event of each room in turn. */
function interleaved(lives: readonly (readonly object[])[]): object[] {
  const longest = Math.max(0, ...lives.map(({ length }) => length))
  return Array.from({ length: longest }, (_, index) => lives.flatMap((life) => life[index] ?? [])).flat()
}

function isJoin(event: object): boolean {
  return 'event' in event && event.event === 'participant_joined'
}

function sid(prefix: string): string {
  return `${prefix}_${randomBytes(9).toString('base64url').replaceAll(/[-_]/g, 'x')}`
}

const codecs = [
  'audio/PCMU',
  'audio/PCMA',
  'audio/opus',
  'audio/red',
  'video/VP8',
  'video/H264',
  'video/VP9',
  'video/AV1',
  'video/H265',
  'video/rtx',
]

/** One room from its start to its end: everybody publishes a microphone, every other one also a camera. */
function roomLife(index: number, people: number): object[] {
  const startedAt = Date.now()
  const name = `bench ${index} ${randomBytes(4).toString('hex')}`
  const room = {
    sid: sid('RM'),
    name,
    emptyTimeout: 300,
    departureTimeout: 20,
    creationTime: String(Math.floor(startedAt / 1000)),
    creationTimeMs: String(startedAt),
    turnPassword: randomBytes(33).toString('base64url'),
    enabledCodecs: codecs.map((mime) => ({ mime })),
  }
  const bare = { sid: room.sid, name }
  const events: object[] = []
  const tell = (event: string, more: object) =>
    events.push({ event, ...more, id: sid('EV'), createdAt: String(Math.floor(Date.now() / 1000)) })
  const present: (() => void)[] = []
  tell('room_started', { room })
  for (let person = 0; person < people; person += 1) {
    if (present.length >= AT_ONCE) present.shift()?.()
    present.push(stay(room, bare, `person-${person}`, person % 2 === 0, startedAt + person, tell))
  }
  for (const leave of present) leave()
  tell('room_finished', { room })
  return events
}

/** Somebody joins and publishes; the answer makes them leave. */
function stay(
  room: object,
  bare: object,
  identity: string,
  camera: boolean,
  joinedAt: number,
  tell: (event: string, more: object) => void,
) {
  const participant = {
    sid: sid('PA'),
    identity,
    state: 'ACTIVE',
    joinedAt: String(Math.floor(joinedAt / 1000)),
    joinedAtMs: String(joinedAt),
    name: `The ${identity} of this room`,
    version: 2,
    permission: { canSubscribe: true, canPublish: true, canPublishData: true },
    clientProtocol: 2,
    capabilities: ['CAP_PACKET_TRAILER', 'CAP_COMPRESSION_DEFLATE_RAW'],
  }
  const who = { sid: participant.sid, identity }
  const tracks = [microphone(), ...(camera ? [picture()] : [])]
  tell('participant_joined', { room, participant })
  for (const track of tracks) tell('track_published', { room: bare, participant: who, track })
  return () => {
    for (const track of tracks) tell('track_unpublished', { room: bare, participant: who, track })
    tell('participant_left', {
      room,
      participant: { ...participant, state: 'DISCONNECTED', version: 5, isPublisher: true, disconnectReason: 'CLIENT_INITIATED' },
    })
  }
}

const videoLayerMode = 'ONE_SPATIAL_LAYER_PER_STREAM'

function microphone(): object {
  const codec = { mimeType: 'audio/opus', mid: '7', cid: randomBytes(18).toString('hex'), videoLayerMode }
  const common = { mimeType: 'audio/opus', mid: '7', codecs: [codec], disableRed: true, stream: 'camera' }
  return { sid: sid('TR'), name: 'microphone', source: 'MICROPHONE', ...common, version: version(), backupCodecPolicy: 'SIMULCAST' }
}

function picture(): object {
  const layers = [{ width: 1280, height: 720, bitrate: 1_700_000, ssrc: 253_434_046 }]
  const codec = { mimeType: 'video/VP8', mid: '8', cid: randomBytes(18).toString('hex'), layers, videoLayerMode }
  const common = { width: 1280, height: 720, source: 'CAMERA', layers, mimeType: 'video/VP8', mid: '8' }
  return { sid: sid('TR'), type: 'VIDEO', name: 'camera', ...common, codecs: [codec], stream: 'camera', version: version() }
}

function version(): object {
  return { unixMicro: String(Date.now() * 1000) }
}

const jwtHeader = base64url({ alg: 'HS256', typ: 'JWT' })

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** The HTTP request that livekit-server sends for a body, header by header. */
function request(event: object, { key, secret, path }: Signing): Buffer {
  const body = JSON.stringify(event)
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: key, exp: now + 3600, nbf: now, iat: now, sha256: createHash('sha256').update(body).digest('base64') }
  const signed = `${jwtHeader}.${base64url(claims)}`
  const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'User-Agent: Go-http-client/1.1',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Authorization: ${token}`,
    'Content-Type: application/webhook+json',
    'Accept-Encoding: gzip',
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}
