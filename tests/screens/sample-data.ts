import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import type { AttentionMark } from '#shared/domain/attention.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { Participant } from '#shared/domain/participant.ts'
import type { RoomDetail, RoomSummary } from '#shared/domain/room.ts'
import { makePerson, makeSummary } from '../../src/renderer/testing/make-facts.ts'

const MINUTE = 60_000

export function summary(room: string, change: Partial<RoomSummary> = {}): RoomSummary {
  const now = Date.now()
  return makeSummary(room, {
    startedAt: now - 42 * MINUTE,
    online: 3,
    total: 4,
    publishers: 2,
    confirmedAt: now - 12_000,
    observedAt: now - 1_000,
    worstQuality: { quality: 'good', count: 2 },
    ...change,
  })
}

export function person(identity: string, change: Partial<Participant> = {}): Participant {
  return makePerson(identity, { joinedAt: Date.now() - 21 * MINUTE, ...change })
}

export function detail(of: RoomSummary, participants: readonly Participant[]): RoomDetail {
  const online = participants.filter((one) => one.isOnline).length
  return { ...of, online, total: participants.length, participants: [...participants], measures: [], viewers: [] }
}

export function snapshot(rooms: readonly RoomSummary[] | null, change: Partial<SessionSnapshot> = {}): SessionSnapshot {
  return {
    version: '0.1.0',
    profile: { id: 'demo', kind: 'demo', name: 'Demo', address: 'ws://127.0.0.1:7880', selected: true },
    operator: { name: 'ana', role: 'admin' },
    connection: { state: 'live', since: Date.now() - 3 * MINUTE, why: null },
    rooms: rooms === null ? null : [...rooms],
    feed: [],
    pending: [],
    sync: null,
    observers: null,
    ...change,
  }
}

/** A mark that a room has had for so long, ms. */
export function mark(rule: string, age: number, why: string): AttentionMark {
  return { rule, since: Date.now() - age, why }
}

let events = 0
export function event(type: FeedEvent['type'], room: string, data: Partial<FeedEvent['data']> = {}): FeedEvent {
  events += 1
  return {
    type,
    timestamp: Date.now() - (200 - events) * 1_700,
    data: { id: `EV_${events}`, cursor: String(events), room: { name: room, sid: 'RM' }, cause: 'webhook', ...data },
  }
}

const names = [
  'all hands',
  'support-eu-1',
  'support-eu-2',
  'onboarding',
  'design review',
  'language café',
  'standup',
  'interview-4711',
  'town hall',
  'late night radio',
  'lobby',
  'study group 7',
]
const speakers = ['Bo Lindqvist', 'Mira Okafor', 'Tomás Vidal', 'سارة علي', '宮本 葵', 'DJ 🎧']

/** Twelve rooms of different kinds, some in trouble. */
export function wallOfTwelve(): RoomSummary[] {
  const now = Date.now()
  return names.map((room, index) =>
    summary(room, {
      online: [214, 3, 2, 8, 5, 12, 6, 2, 96, 41, 1, 7][index] ?? 1,
      total: [231, 3, 4, 9, 5, 15, 6, 2, 140, 77, 1, 7][index] ?? 1,
      startedAt: now - ([191, 12, 3, 44, 61, 25, 8, 17, 70, 1_500, 0.6, 33][index] ?? 1) * MINUTE,
      recording: index === 0 || index === 8,
      observedAt: index === 10 ? null : now - (index === 8 ? 40_000 : (index % 4) * 2_000),
      confirmedBy: index % 3 === 0 ? 'webhook' : 'sweep',
      confirmedAt: now - ((index * 7) % 29) * 1_000,
      worstQuality:
        index === 2
          ? { quality: 'lost', count: 1 }
          : index === 5 || index === 9
            ? { quality: 'poor', count: index - 3 }
            : index === 10
              ? null
              : { quality: index % 2 ? 'good' : 'excellent', count: (index % 5) + 1 },
      attention: index === 2 ? [mark('bad_connections', 90_000, '1 person has a lost connection')] : [],
      speaking:
        index % 3 === 1 || index === 10
          ? []
          : speakers.slice(0, 1 + (index % 4)).map((name, at) => ({ identity: `${room}-${at}`, name, level: 0.9 - at * 0.2 })),
    }),
  )
}

/** A room of people in every state. */
export function crowd(count: number): Participant[] {
  const now = Date.now()
  return Array.from({ length: count }, (_, index) => {
    const base = speakers[index % speakers.length] ?? 'Somebody'
    const name = index < speakers.length ? base : `${base.split(' ')[0]} ${index}`
    const identity = `user-${String(index).padStart(4, '0')}`
    return person(identity, {
      name,
      role: index === 0 ? 'HOST' : index % 9 === 4 ? 'SPEAKER' : 'VIEWER',
      kind: index === 11 ? 'agent' : index === 12 ? 'sip' : 'standard',
      joinedAt: now - (index % 50) * 70_000 - 5_000,
      tracks:
        index % 5 === 4
          ? []
          : [
              { sid: `TR_A_${identity}`, source: 'microphone', muted: index % 3 === 2 },
              ...(index % 4 === 0 ? [{ sid: `TR_V_${identity}`, source: 'camera' as const, muted: false }] : []),
              ...(index === 1 ? [{ sid: `TR_S_${identity}`, source: 'screen_share' as const, muted: false }] : []),
            ],
    })
  })
}
