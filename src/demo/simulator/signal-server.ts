import {
  ConnectionQuality as LivekitQuality,
  ConnectionQualityInfo,
  ConnectionQualityUpdate,
  JoinResponse,
  LeaveRequest,
  LeaveRequest_Action,
  ParticipantInfo_Kind,
  ParticipantInfo_State,
  ParticipantPermission,
  ParticipantUpdate,
  Pong,
  RoomUpdate,
  SignalRequest,
  SignalResponse,
  SpeakerInfo,
  SpeakersChanged,
  type DisconnectReason,
  type ParticipantInfo,
} from '@livekit/protocol'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { TokenVerifier, type ClaimGrants } from 'livekit-server-sdk'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import type { ConnectionQuality, Presence } from '#shared/domain/presence.ts'
import type { PresenceSource } from './presence-source.ts'
import type { World } from './world.ts'

const qualities = {
  excellent: LivekitQuality.EXCELLENT,
  good: LivekitQuality.GOOD,
  poor: LivekitQuality.POOR,
  lost: LivekitQuality.LOST,
} as const satisfies Record<Exclude<ConnectionQuality, 'unknown'>, LivekitQuality>

type Options = { readonly world: World; readonly presence: PresenceSource; readonly apiKey: string; readonly apiSecret: string }

/**
 * LiveKit's signal protocol for those who merely observe: a hidden agent joins a room that is there and is told all about it. There is no media, so
 * nobody else can join, and nobody is offered a media connection. Answers how to end all of it.
 */
export function serveSignals(server: Server, options: Options): () => void {
  const sockets = new WebSocketServer({ noServer: true })
  async function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const claims = await readClaims(request, options)
    if (!claims?.video?.roomJoin || !claims.video.room) return refuse(stream, 401)
    if (claims.kind !== 'agent' || !claims.video.hidden) return refuse(stream, 501)
    const { room } = claims.video
    if (!options.world.room(room)) return refuse(stream, 404)
    sockets.handleUpgrade(request, stream, head, (socket) => attend(socket, room, claims.sub ?? '', options))
  }
  server.on('upgrade', (request, stream, head) => {
    stream.on('error', () => stream.destroy())
    void upgrade(request, stream, head)
  })
  return () => {
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
  }
}

async function readClaims(request: IncomingMessage, { apiKey, apiSecret }: Options): Promise<ClaimGrants | null> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://simulator')
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? searchParams.get('access_token') ?? ''
  if (pathname !== '/rtc') return null
  return new TokenVerifier(apiKey, apiSecret).verify(token, 0).catch(() => null)
}

function refuse(stream: Duplex, status: number): void {
  stream.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
}

/** One observer's stay in a room. */
function attend(socket: WebSocket, room: string, identity: string, { world, presence }: Options): void {
  const permission = new ParticipantPermission({ hidden: true, canSubscribe: true })
  const own = world.join({ room, identity, kind: ParticipantInfo_Kind.AGENT, permission })
  const info = world.room(room)
  if (!own || !info) return socket.close()
  let lastSpeaking: Presence['speaking'] = []
  const lastQuality = new Map<string, ConnectionQuality>()

  function send(message: SignalResponse['message']): void {
    socket.send(new SignalResponse({ message }).toBinary())
  }

  function tellPresence({ speaking, quality }: Pick<Presence, 'speaking' | 'quality'>): void {
    const sidOf = (who: string) => world.participant(room, who)?.sid
    const speakers = speaking.map((each) => new SpeakerInfo({ sid: sidOf(each.identity) ?? '', level: each.level, active: true }))
    const silent = lastSpeaking.filter((each) => !speaking.some((now) => now.identity === each.identity))
    for (const each of silent) speakers.push(new SpeakerInfo({ sid: sidOf(each.identity) ?? '', level: 0, active: false }))
    lastSpeaking = speaking
    if (speakers.length > 0) send({ case: 'speakersChanged', value: new SpeakersChanged({ speakers }) })
    const updates = quality.flatMap((each) => {
      if (each.quality === 'unknown' || lastQuality.get(each.identity) === each.quality) return []
      lastQuality.set(each.identity, each.quality)
      return new ConnectionQualityInfo({ participantSid: sidOf(each.identity) ?? '', quality: qualities[each.quality] })
    })
    if (updates.length > 0) send({ case: 'connectionQuality', value: new ConnectionQualityUpdate({ updates }) })
  }

  function isSeen(participant: ParticipantInfo): boolean {
    return participant.permission?.hidden !== true
  }

  const unsubscribes = [
    world.changes.subscribe((change) => {
      if (change.room.name !== room) return
      if (change.type === 'room') send({ case: 'roomUpdate', value: new RoomUpdate({ room: change.room }) })
      else if (change.type === 'participant' && isSeen(change.participant)) {
        if (change.participant.tracks.length === 0) lastQuality.delete(change.participant.identity)
        send({ case: 'update', value: new ParticipantUpdate({ participants: [change.participant] }) })
      } else if (
        change.type === 'participant' &&
        change.participant.sid === own.sid &&
        change.participant.state === ParticipantInfo_State.DISCONNECTED
      ) {
        leave(change.participant.disconnectReason)
      }
    }),
    presence.follow((now) => now.room === room && tellPresence(now)),
  ]

  function leave(reason: DisconnectReason): void {
    send({ case: 'leave', value: new LeaveRequest({ reason, action: LeaveRequest_Action.DISCONNECT }) })
    socket.close(1000)
  }

  socket.on('message', (data: RawData) => {
    // Whatever comes as one message comes as one Buffer, `ws` says.
    const { message } = SignalRequest.fromBinary(data as Buffer)
    if (message.case === 'pingReq') send({ case: 'pongResp', value: new Pong({ lastPingTimestamp: message.value.timestamp }) })
    if (message.case === 'leave') socket.close(1000)
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    for (const unsubscribe of unsubscribes) unsubscribe()
    if (world.participant(room, identity)?.sid === own.sid) world.leave(room, identity)
  })

  const otherParticipants = world.participants(room).filter((each) => each !== own && isSeen(each))
  send({
    case: 'join',
    value: new JoinResponse({ room: info, participant: own, otherParticipants, pingInterval: 5, pingTimeout: 15 }),
  })
  tellPresence(presence.observe(room))
}
