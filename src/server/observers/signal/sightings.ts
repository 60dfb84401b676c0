import { ConnectionQuality as LivekitQuality, ParticipantInfo_State, type ParticipantInfo, type SpeakerInfo } from '@livekit/protocol'
import type { ConnectionQuality } from '#shared/domain/presence.ts'
import { toParticipantFacts } from '#server/livekit/facts.ts'
import type { SeenPerson } from '../room-observer.ts'

const qualities: Readonly<Record<number, ConnectionQuality>> = {
  [LivekitQuality.EXCELLENT]: 'excellent',
  [LivekitQuality.GOOD]: 'good',
  [LivekitQuality.POOR]: 'poor',
  [LivekitQuality.LOST]: 'lost',
} satisfies Record<LivekitQuality, ConnectionQuality>

const states: Readonly<Record<number, SeenPerson['state']>> = {
  [ParticipantInfo_State.JOINING]: 'joining',
  [ParticipantInfo_State.JOINED]: 'joining',
  [ParticipantInfo_State.ACTIVE]: 'active',
  [ParticipantInfo_State.DISCONNECTED]: 'gone',
} satisfies Record<ParticipantInfo_State, SeenPerson['state']>

/** Somebody as LiveKit's signals have them; a state that is newer than this program is no reason to take them for there. */
export function toSeenPerson(info: ParticipantInfo): SeenPerson {
  return { facts: toParticipantFacts(info), state: states[info.state] ?? 'joining' }
}

/** Levels from 0 to 1; who is not active any more has 0. */
export function toSpeakers(speakers: readonly Pick<SpeakerInfo, 'sid' | 'level' | 'active'>[]): { sid: string; level: number }[] {
  return speakers.map(({ sid, level, active }) => ({ sid, level: active ? Math.min(1, Math.max(0, level)) : 0 }))
}

/** A quality that is newer than this program counts as unknown. */
export function toQualities(
  updates: readonly { readonly participantSid: string; readonly quality: number }[],
): { sid: string; quality: ConnectionQuality }[] {
  return updates.map(({ participantSid: sid, quality }) => ({ sid, quality: qualities[quality] ?? 'unknown' }))
}
