import {
  DisconnectReason,
  ParticipantInfo,
  ParticipantInfo_Kind,
  ParticipantInfo_State,
  ParticipantPermission,
  Room,
  TrackInfo,
  TrackSource,
  TrackType,
  WebhookEvent,
} from '@livekit/protocol'
import { Emitter } from '#shared/lib/emitter.ts'
import { makeId } from './ids.ts'
import type { Intervention, Message, RoomChange } from './world-news.ts'

/** LiveKit's defaults, in seconds: how long a room stays that nobody has joined, or that everybody has left. */
const EMPTY_TIMEOUT = 300
const DEPARTURE_TIMEOUT = 20

export type RoomOptions = {
  readonly name: string
  readonly metadata?: string
  readonly maxParticipants?: number
  readonly emptyTimeout?: number
  readonly departureTimeout?: number
}

export type JoinOptions = {
  readonly room: string
  readonly identity: string
  readonly name?: string
  readonly metadata?: string
  readonly attributes?: Readonly<Record<string, string>>
  readonly permission?: ParticipantPermission
  readonly kind?: ParticipantInfo_Kind
}

type LiveRoom = { readonly info: Room; readonly participants: Map<string, ParticipantInfo>; closing: NodeJS.Timeout | null }

function now(): { seconds: bigint; ms: bigint } {
  const ms = Date.now()
  return { seconds: BigInt(Math.floor(ms / 1000)), ms: BigInt(ms) }
}

/** The rooms of a LiveKit that has no media: who is there, what they publish, and the webhooks that this causes. */
export class World {
  readonly webhooks = new Emitter<WebhookEvent>()
  readonly changes = new Emitter<RoomChange>()
  readonly interventions = new Emitter<Intervention>()
  readonly messages = new Emitter<Message>()
  readonly departures = new Emitter<{ readonly room: string; readonly identity: string }>()
  readonly #rooms = new Map<string, LiveRoom>()

  rooms(): readonly Room[] {
    return [...this.#rooms.values()].map((room) => this.#count(room))
  }

  room(name: string): Room | null {
    const room = this.#rooms.get(name)
    return room ? this.#count(room) : null
  }

  participants(room: string): readonly ParticipantInfo[] {
    return [...(this.#rooms.get(room)?.participants.values() ?? [])]
  }

  participant(room: string, identity: string): ParticipantInfo | null {
    return this.#rooms.get(room)?.participants.get(identity) ?? null
  }

  /** Creates the room, or answers with the one that is there. */
  createRoom(options: RoomOptions): Room {
    const there = this.#rooms.get(options.name)
    if (there) return this.#count(there)
    const at = now()
    const info = new Room({
      sid: makeId('RM'),
      name: options.name,
      metadata: options.metadata ?? '',
      maxParticipants: options.maxParticipants ?? 0,
      emptyTimeout: options.emptyTimeout || EMPTY_TIMEOUT,
      departureTimeout: options.departureTimeout || DEPARTURE_TIMEOUT,
      creationTime: at.seconds,
      creationTimeMs: at.ms,
    })
    const room: LiveRoom = { info, participants: new Map(), closing: null }
    this.#rooms.set(options.name, room)
    this.#closeAfter(room, info.emptyTimeout)
    this.#tell('room_started', room)
    return this.#count(room)
  }

  /** Lets somebody in, as active at once. Null when the room is full. The same identity's earlier session ends. */
  join(options: JoinOptions): ParticipantInfo | null {
    this.createRoom({ name: options.room })
    const room = this.#rooms.get(options.room)
    if (!room) return null
    if (room.participants.has(options.identity)) this.leave(options.room, options.identity, DisconnectReason.DUPLICATE_IDENTITY)
    const kind = options.kind ?? ParticipantInfo_Kind.STANDARD
    const seats = room.info.maxParticipants
    if (keepsOpen(kind) && seats > 0 && this.#count(room).numParticipants >= seats) return null
    if (room.closing && keepsOpen(kind)) {
      clearTimeout(room.closing)
      room.closing = null
    }
    const at = now()
    const participant = new ParticipantInfo({
      sid: makeId('PA'),
      identity: options.identity,
      name: options.name ?? '',
      metadata: options.metadata ?? '',
      attributes: { ...options.attributes },
      state: ParticipantInfo_State.ACTIVE,
      joinedAt: at.seconds,
      joinedAtMs: at.ms,
      version: 2,
      permission: options.permission ?? new ParticipantPermission({ canSubscribe: true, canPublish: true, canPublishData: true }),
      kind,
    })
    room.participants.set(options.identity, participant)
    this.#tell('participant_joined', room, participant)
    return participant
  }

  leave(roomName: string, identity: string, reason = DisconnectReason.CLIENT_INITIATED): boolean {
    const room = this.#rooms.get(roomName)
    const participant = room?.participants.get(identity)
    if (!room || !participant) return false
    for (const track of [...participant.tracks]) this.unpublish(roomName, identity, track.sid)
    room.participants.delete(identity)
    participant.state = ParticipantInfo_State.DISCONNECTED
    participant.disconnectReason = reason
    participant.version += 1
    this.#tell('participant_left', room, participant)
    this.departures.emit({ room: roomName, identity })
    const isLast = keepsOpen(participant.kind) && ![...room.participants.values()].some((other) => keepsOpen(other.kind))
    if (isLast) this.#closeAfter(room, room.info.departureTimeout)
    return true
  }

  /** Publishes a track where the permission allows it; the source's first one only. */
  publish(roomName: string, identity: string, source: TrackSource): TrackInfo | null {
    const room = this.#rooms.get(roomName)
    const participant = room?.participants.get(identity)
    if (!room || !participant || !mayPublish(participant, source)) return null
    const there = participant.tracks.find((track) => track.source === source)
    if (there) return there
    const video = source === TrackSource.CAMERA || source === TrackSource.SCREEN_SHARE
    const track = new TrackInfo({
      sid: makeId('TR'),
      name: (TrackSource[source] ?? '').toLowerCase(),
      source,
      type: video ? TrackType.VIDEO : TrackType.AUDIO,
      mimeType: video ? 'video/VP8' : 'audio/opus',
      ...(video ? { width: 1280, height: 720 } : {}),
    })
    participant.tracks.push(track)
    participant.isPublisher = true
    participant.version += 1
    this.#tell('track_published', room, participant, track)
    return track
  }

  unpublish(roomName: string, identity: string, trackSid: string): void {
    const room = this.#rooms.get(roomName)
    const participant = room?.participants.get(identity)
    const track = participant?.tracks.find((one) => one.sid === trackSid)
    if (!room || !participant || !track) return
    participant.tracks = participant.tracks.filter((one) => one !== track)
    participant.version += 1
    this.#tell('track_unpublished', room, participant, track)
  }

  /** Mutes or unmutes a track; LiveKit sends no webhook for it. Null when there is no such track. */
  setMuted(roomName: string, identity: string, trackSid: string, muted: boolean): TrackInfo | null {
    const room = this.#rooms.get(roomName)
    const participant = room?.participants.get(identity)
    const track = participant?.tracks.find((one) => one.sid === trackSid)
    if (!room || !participant || !track) return null
    if (track.muted !== muted) {
      track.muted = muted
      participant.version += 1
      this.#change(room, participant)
    }
    return track
  }

  /**
   * Changes what is given; a permission replaces the whole one, and what it no longer allows is unpublished. An empty attribute is deleted; an empty name or metadata is none given.
   */
  update(
    roomName: string,
    identity: string,
    change: { name?: string; metadata?: string; permission?: ParticipantPermission; attributes?: Readonly<Record<string, string>> },
  ): ParticipantInfo | null {
    const room = this.#rooms.get(roomName)
    const participant = room?.participants.get(identity)
    if (!room || !participant) return null
    const before = participant.clone()
    if (change.name) participant.name = change.name
    if (change.metadata) participant.metadata = change.metadata
    for (const [key, value] of Object.entries(change.attributes ?? {})) {
      if (value === '') delete participant.attributes[key]
      else participant.attributes[key] = value
    }
    if (change.permission) participant.permission = change.permission
    // Nobody is told of what is as it was.
    if (participant.equals(before)) return participant
    participant.version += 1
    this.#change(room, participant)
    for (const track of [...participant.tracks]) {
      if (!mayPublish(participant, track.source)) this.unpublish(roomName, identity, track.sid)
    }
    return participant
  }

  setRoomMetadata(roomName: string, metadata: string): Room | null {
    const room = this.#rooms.get(roomName)
    if (!room) return null
    room.info.metadata = metadata
    this.changes.emit({ type: 'room', room: this.#count(room) })
    return this.#count(room)
  }

  deleteRoom(roomName: string): boolean {
    const room = this.#rooms.get(roomName)
    if (!room) return false
    for (const identity of [...room.participants.keys()]) {
      this.leave(roomName, identity, DisconnectReason.ROOM_DELETED)
      this.interventions.emit({ type: 'removed', room: roomName, identity })
    }
    this.#finish(room)
    return true
  }

  dispose(): void {
    for (const room of this.#rooms.values()) if (room.closing) clearTimeout(room.closing)
    this.#rooms.clear()
  }

  #closeAfter(room: LiveRoom, seconds: number): void {
    if (room.closing) clearTimeout(room.closing)
    room.closing = setTimeout(() => this.#finish(room), seconds * 1000)
  }

  #finish(room: LiveRoom): void {
    if (room.closing) clearTimeout(room.closing)
    room.closing = null
    for (const identity of [...room.participants.keys()]) this.leave(room.info.name, identity, DisconnectReason.ROOM_CLOSED)
    if (room.closing) clearTimeout(room.closing)
    if (this.#rooms.get(room.info.name) !== room) return
    this.#rooms.delete(room.info.name)
    this.#tell('room_finished', room)
  }

  /** The room with its counts as LiveKit makes them: neither hidden people nor agents and recorders have a seat. */
  #count(room: LiveRoom): Room {
    const seated = [...room.participants.values()].filter((one) => one.kind === ParticipantInfo_Kind.STANDARD && !one.permission?.hidden)
    room.info.numParticipants = seated.length
    room.info.numPublishers = seated.filter((one) => one.tracks.length > 0).length
    room.info.activeRecording = [...room.participants.values()].some((one) => one.permission?.recorder === true)
    return room.info.clone()
  }

  #change(room: LiveRoom, participant: ParticipantInfo): void {
    this.changes.emit({ type: 'participant', room: this.#count(room), participant: participant.clone() })
  }

  #tell(event: string, room: LiveRoom, participant?: ParticipantInfo, track?: TrackInfo): void {
    if (participant) this.#change(room, participant)
    const brief = track !== undefined
    this.webhooks.emit(
      new WebhookEvent({
        event,
        room: brief ? new Room({ sid: room.info.sid, name: room.info.name }) : this.#count(room),
        ...(participant === undefined
          ? {}
          : { participant: brief ? new ParticipantInfo({ sid: participant.sid, identity: participant.identity }) : participant.clone() }),
        ...(track === undefined ? {} : { track: track.clone() }),
      }),
    )
  }
}

function keepsOpen(kind: ParticipantInfo_Kind): boolean {
  return kind !== ParticipantInfo_Kind.AGENT && kind !== ParticipantInfo_Kind.EGRESS
}

function mayPublish(participant: ParticipantInfo, source: TrackSource): boolean {
  const { permission } = participant
  if (permission?.canPublish !== true) return false
  return permission.canPublishSources.length === 0 || permission.canPublishSources.includes(source)
}
