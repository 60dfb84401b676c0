import type { ListedRoom } from './livekit-stub.ts'

/** So many rooms of so many people each, as LiveKit lists them: everybody publishes a microphone. Names and sids are `room-N`, `person-N`. */
export function stubRooms(rooms: number, people: number): ListedRoom[] {
  return Array.from({ length: rooms }, (_, index) => {
    const name = `room-${index}`
    return {
      name,
      room: stubRoom(name),
      participants: Array.from({ length: people }, (_each, number) => stubParticipant(name, number, 1, '')),
    }
  })
}

/** A room in protobuf's JSON. */
export function stubRoom(name: string): object {
  return { sid: `RM_${name}`, name, creationTime: '1700000000', creationTimeMs: '1700000000000', emptyTimeout: 300, departureTimeout: 20 }
}

/** Somebody in it, in protobuf's JSON. `version` orders what is told of one stay. */
export function stubParticipant(room: string, number: number, version: number, metadata: string): object {
  return {
    sid: `PA_${room}_${number}`,
    identity: `person-${number}`,
    name: `Person number ${number}`,
    state: 'ACTIVE',
    joinedAt: '1700000001',
    joinedAtMs: String(1_700_000_001_000 + number),
    version,
    metadata,
    permission: { canSubscribe: true, canPublish: true, canPublishData: true },
    tracks: [{ sid: `TR_${room}_${number}`, type: 'AUDIO', source: 'MICROPHONE', mimeType: 'audio/opus' }],
  }
}
