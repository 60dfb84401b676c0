import {
  ClientConfigSetting,
  DisconnectReason,
  ParticipantInfo_Kind,
  ParticipantInfo_State,
  SessionDescription,
  SignalTarget,
  TrickleRequest,
  UpdateSubscription,
  UpdateTrackSettings,
  type JoinResponse,
  type LeaveRequest,
  type ParticipantInfo,
  type Room,
  type SignalResponse,
} from '@livekit/protocol'
import { assertNever } from '#shared/lib/assert-never.ts'
import { toRoomFacts } from '#server/livekit/facts.ts'
import type { ObserverEnd, ObserverEndKind, RoomObserver, Sighting } from '../room-observer.ts'
import type { MediaLink, OpenMediaLink } from './media-link.ts'
import { createMediaRest, type MediaRest } from './media-rest.ts'
import { toQualities, toSeenPerson, toSpeakers } from './sightings.ts'
import { openSignalSocket, type SignalSocket, type SocketEnd } from './signal-socket.ts'

/** How long LiveKit may take to say which session of the room it is, ms; it does with the join, or when the first one publishes. */
const SID_MS = 10_000
/** How long a media connection may take, ms, from when LiveKit offers it. */
const MEDIA_MS = 10_000
const NO_MEDIA = 'no media connection came about: UDP to LiveKit may be blocked, and no other way to it is open'

type Options = {
  /** LiveKit's address as this server reaches it: `http(s)://` or `ws(s)://`. */
  readonly host: string
  /** A token to observe a room. */
  readonly signToken: (room: string) => Promise<string>
  readonly openMediaLink: OpenMediaLink
  /** A packet of media arrived, which must not happen. */
  readonly onMedia: () => void
}

type Message = SignalResponse['message']

/**
 * Observes rooms by speaking LiveKit's signal protocol directly, with every track disabled, so that no media flows. Every connection is made anew: a session
 * that was interrupted is not resumed, because all that is known of a room comes again with a join.
 */
export function createLivekitObserver(options: Options): RoomObserver {
  const url = options.host.replace(/^http/, 'ws')
  const mediaRest = createMediaRest()
  return (target, tell) => {
    const visit = createVisit({ ...options, url, mediaRest, target, tell })
    return visit.close
  }
}

type VisitOptions = Options & {
  readonly url: string
  readonly mediaRest: MediaRest
  readonly target: Parameters<RoomObserver>[0]
  readonly tell: Parameters<RoomObserver>[1]
}

/** One visit to one room, from the token to the end. */
function createVisit({ url, mediaRest, target, tell, signToken, openMediaLink, onMedia }: VisitOptions): { readonly close: () => void } {
  let open = true
  let socket: SignalSocket | null = null
  let media: MediaLink | null = null
  let mediaStands = false
  let mediaStood = false
  let mediaTimer: NodeJS.Timeout | undefined
  let sidTimer: NodeJS.Timeout | undefined
  let own: string | null = null
  let entered = false
  let asOf = 0
  /** A server may tell the room's sid only after the join; until then what it tells waits. */
  let waiting: JoinResponse | null = null
  const early: Message[] = []
  /** Tracks that were disabled, by participant sid. */
  const silenced = new Map<string, readonly string[]>()

  function report(sighting: Sighting): void {
    if (open) tell(sighting)
  }

  function close(): void {
    open = false
    clearTimeout(mediaTimer)
    clearTimeout(sidTimer)
    socket?.close()
    media?.close()
  }

  function end(kind: ObserverEndKind, why: string): void {
    if (!open) return
    // Leaves before it is told, so that whoever hears of it may begin anew.
    const told = tell
    close()
    told({ type: 'ended', end: { kind, why } })
  }

  function hear(message: Message, local: boolean): void {
    if (!open) return
    if (message.case === 'join') return join(message.value, local)
    if (waiting && message.case === 'roomUpdate' && message.value.room?.sid) return enter(waiting, message.value.room)
    if (!entered && isOfTheRoom(message)) return void early.push(message)
    see(message)
  }

  function join(response: JoinResponse, local: boolean): void {
    const { participant, room } = response
    if (own !== null) return
    if (participant?.kind !== ParticipantInfo_Kind.AGENT || participant.permission?.hidden !== true) {
      return end('refused', 'this LiveKit server lets observers in only as people that others see, so nobody observes: it is too old')
    }
    own = participant.sid
    if (!mediaRest.isResting(target.room)) media = linkMedia(response, local)
    if (room?.sid) return enter(response, room)
    waiting = response
    sidTimer = setTimeout(() => end('lost', 'LiveKit does not say which session of the room it is'), SID_MS)
  }

  function linkMedia(response: JoinResponse, local: boolean): MediaLink {
    return openMediaLink({
      relays: response.iceServers.map(({ urls, ...rest }) => ({ ...rest, urls: urls.filter((each) => /^turns?:/.test(each)) })),
      relayOnly: response.clientConfiguration?.forceRelay === ClientConfigSetting.ENABLED,
      local,
      answer: (sdp) => socket?.send({ case: 'answer', value: new SessionDescription({ type: 'answer', sdp }) }),
      candidate: (candidateInit) =>
        socket?.send({ case: 'trickle', value: new TrickleRequest({ candidateInit, target: SignalTarget.SUBSCRIBER }) }),
      onTrouble: tellMedia,
      onMedia,
    })
  }

  function tellMedia(trouble: string | null): void {
    mediaStands = trouble === null
    clearTimeout(mediaTimer)
    if (mediaStands) {
      mediaStood = true
      mediaRest.stood(target.room)
    }
    report({ type: 'media', trouble })
  }

  /** Where nothing comes through nobody tells so. */
  function expectMedia(): void {
    if (media && !mediaStands) mediaTimer ??= setTimeout(() => tellMedia(NO_MEDIA), MEDIA_MS)
  }

  function enter(response: JoinResponse, room: Room): void {
    waiting = null
    entered = true
    clearTimeout(sidTimer)
    if (room.sid !== target.sid) return end('other_session', 'the room has ended and begun again')
    silence(response.otherParticipants)
    report({ type: 'joined', facts: toRoomFacts(room), people: response.otherParticipants.map(toSeenPerson), asOf })
    if (!media) tellMedia(NO_MEDIA)
    for (const message of early.splice(0)) see(message)
  }

  /** Disables every track that is new. Who is not connected for media isn't subscribed by the server, and asks for it: speaking comes only then. */
  function silence(people: readonly ParticipantInfo[]): void {
    const trackSids: string[] = []
    for (const { sid, tracks, state } of people) {
      if (state === ParticipantInfo_State.DISCONNECTED) {
        silenced.delete(sid)
        continue
      }
      const known = silenced.get(sid)
      for (const track of tracks) if (!known?.includes(track.sid)) trackSids.push(track.sid)
      if (tracks.length > 0)
        silenced.set(
          sid,
          tracks.map((track) => track.sid),
        )
      else silenced.delete(sid)
    }
    if (trackSids.length === 0) return
    socket?.send({ case: 'trackSetting', value: new UpdateTrackSettings({ trackSids, disabled: true }) })
    if (!mediaStands) socket?.send({ case: 'subscription', value: new UpdateSubscription({ trackSids, subscribe: true }) })
  }

  function see(message: Message): void {
    switch (message.case) {
      case 'update': {
        const others = message.value.participants.filter(({ sid }) => sid !== own)
        silence(others)
        if (others.length > 0) report({ type: 'people', people: others.map(toSeenPerson) })
        return
      }
      case 'roomUpdate':
        if (message.value.room?.sid === target.sid) report({ type: 'room', facts: toRoomFacts(message.value.room) })
        return
      case 'speakersChanged':
        return report({ type: 'speakers', speakers: toSpeakers(message.value.speakers) })
      case 'connectionQuality':
        return report({ type: 'quality', quality: toQualities(message.value.updates.filter((update) => update.participantSid !== own)) })
      case 'offer':
        expectMedia()
        return media?.offer(message.value.sdp)
      case 'trickle':
        return message.value.target === SignalTarget.SUBSCRIBER ? media?.candidate(message.value.candidateInit) : undefined
      case 'pong':
      case 'pongResp':
        return entered ? report({ type: 'alive' }) : undefined
      case 'roomMoved':
        return end('other_session', 'the observer was moved to another room')
      case 'leave': {
        // What LiveKit says to who answered its offer, and could not be reached.
        if (media && !mediaStood && message.value.reason === DisconnectReason.CONNECTION_TIMEOUT) mediaRest.failed(target.room)
        const { kind, why } = readLeave(message.value, mediaStood)
        return end(kind, why)
      }
      default:
        // What an observer has no use for, such as tokens to come back with: each visit has a token of its own.
        return
    }
  }

  async function begin(): Promise<void> {
    const token = await signToken(target.room)
    if (!open) return
    asOf = Date.now()
    socket = openSignalSocket({
      url,
      token,
      onMessage: hear,
      onEnd(socketEnd) {
        const { kind, why } = readSocketEnd(socketEnd, own !== null)
        end(kind, why)
      },
    })
  }
  begin().catch(() => end('refused', 'no token could be signed for an observer: check LIVEKIT_API_KEY and LIVEKIT_API_SECRET'))
  return { close }
}

function isOfTheRoom({ case: kind }: Message): boolean {
  return kind === 'update' || kind === 'roomUpdate' || kind === 'speakersChanged' || kind === 'connectionQuality'
}

/** Why LiveKit told the observer to go. */
function readLeave({ reason }: LeaveRequest, mediaStood: boolean): ObserverEnd {
  const name = (DisconnectReason[reason] ?? String(reason)).toLowerCase().replaceAll('_', ' ')
  switch (reason) {
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return { kind: 'over', why: 'the room has ended' }
    case DisconnectReason.PARTICIPANT_REMOVED:
    case DisconnectReason.DUPLICATE_IDENTITY:
      return { kind: 'removed', why: 'somebody took the observer out of the room' }
    default:
      return { kind: 'lost', why: `LiveKit ended the visit (${name})${mediaStood ? '' : ' before a media connection came about'}` }
  }
}

function readSocketEnd(end: SocketEnd, wasIn: boolean): ObserverEnd {
  switch (end.kind) {
    case 'refused':
      return readRefusal(end.status)
    case 'unreachable':
    case 'closed':
    case 'silent':
      return { kind: 'lost', why: end.why }
    case 'unreadable':
      // A server that speaks another protocol does so from the start.
      return { kind: wasIn ? 'lost' : 'refused', why: end.why }
    default:
      return assertNever(end, 'end of a connection')
  }
}

/**
 * What livekit-server answers before the connection stands: 401 a key that may not, 404 no such room (and rooms aren't created by joining), 503 full. A room that
 * is not there and must not be created is a plain 500.
 */
function readRefusal(status: number): ObserverEnd {
  if (status === 401 || status === 403) {
    return { kind: 'refused', why: `LiveKit lets no observer in (${status}): check that the API key is good and may join rooms hidden` }
  }
  if (status === 404 || status === 500) return { kind: 'not_live', why: 'the room is not live' }
  if (status === 429 || status === 503) return { kind: 'busy', why: `LiveKit lets nobody in now (${status})` }
  return { kind: 'refused', why: `LiveKit does not answer an observer as expected (${status})` }
}
