import type { AuditEntry } from '#shared/contract/http-audit.ts'
import type { Person, PersonSession } from '#shared/contract/http-people.ts'
import type { RoomSession, WholeSession } from '#shared/contract/http-sessions.ts'
import type { Measure } from '#shared/domain/measure.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
export const LONG_NAME = 'A name of two hundred characters '.repeat(7).slice(0, 200)

export function measure(id: string, change: Partial<Measure> = {}): Measure {
  const now = Date.now()
  const made: Measure = {
    id,
    kind: 'ban',
    scope: 'room',
    room: 'lobby',
    identity: 'user-0007',
    until: now + 2 * HOUR,
    reason: 'Kept shouting after two warnings',
    by: 'ana',
    at: now - 20 * MINUTE,
    revision: 1,
    ...change,
  }
  return { changes: [{ revision: made.revision, at: made.at, by: made.by, until: made.until, reason: made.reason }], ...made }
}

/** Measures of every kind. */
export function manyMeasures(): Measure[] {
  const now = Date.now()
  return [
    measure('m1', {
      revision: 2,
      changes: [
        { revision: 1, at: now - 20 * MINUTE, by: 'ana', until: now + HOUR, reason: 'Kept shouting after two warnings' },
        { revision: 2, at: now - 4 * MINUTE, by: 'bo', until: now + 2 * HOUR, reason: 'He was back with the same at once' },
      ],
    }),
    measure('m2', { kind: 'deny_sources', sources: ['camera', 'screen_share'], identity: 'سارة علي', until: now + 40 * MINUTE, by: 'mo' }),
    measure('m3', {
      kind: 'lock',
      identity: undefined,
      sources: ['microphone'],
      room: 'town hall',
      except: { identities: ['host-1', 'host-2', 'host-3', 'host-4', 'host-5'], roles: ['HOST', 'SPEAKER'] },
      until: null,
      reason: 'Questions come at the end',
    }),
    measure('m4', {
      kind: 'close',
      identity: undefined,
      room: 'late night 🎧 radio',
      until: now + 3 * 24 * HOUR,
      reason: '<b>Over</b> for this week',
    }),
    measure('m5', {
      scope: 'all',
      room: undefined,
      identity: LONG_NAME,
      until: null,
      reason: `Spam. ${'More of it. '.repeat(30)}`,
      by: LONG_NAME,
    }),
  ]
}

export function entry(seq: number, change: Partial<AuditEntry> = {}): AuditEntry {
  const at = Date.now() - (1_000 - seq) * MINUTE
  return {
    seq,
    at,
    endedAt: at + 180,
    operator: 'ana',
    role: 'moderator',
    type: 'remove',
    actionId: `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`,
    room: 'lobby',
    targets: [{ identity: 'user-0007', ok: true }],
    targetCount: 1,
    reason: 'Kept shouting',
    text: null,
    result: 'done',
    code: null,
    detail: null,
    why: null,
    measureId: null,
    hash: 'f'.repeat(64),
    ...change,
  }
}

/** Actions with every result. */
export function manyEntries(): AuditEntry[] {
  return [
    entry(999, { type: 'ban', measureId: 'm1' }),
    entry(998, {
      type: 'mute',
      result: 'partly',
      targetCount: 34,
      targets: [
        { identity: 'user-0001', ok: true },
        { identity: 'user-0002', ok: false, code: 'not_found', detail: 'participant_gone' },
        { identity: null, ok: true },
      ],
    }),
    entry(997, {
      type: 'unmute',
      result: 'failed',
      code: 'unsupported',
      detail: 'remote_unmute_disabled',
      why: 'this LiveKit server lets nobody unmute others',
    }),
    entry(996, {
      type: 'ban',
      result: 'refused',
      operator: 'sam',
      role: 'support',
      code: 'forbidden',
      why: 'the role support may not do that',
    }),
    entry(995, { type: 'mute_all', result: 'running', endedAt: null, targets: [], targetCount: 0, room: 'town hall' }),
    entry(994, { type: 'close_room', result: 'unknown', endedAt: null, targets: [], targetCount: 0, room: 'قاعة' }),
    entry(993, { type: 'send_message', text: '<img src=x onerror=alert(1)>\nPlease be kind.', reason: null, operator: LONG_NAME }),
    entry(992, { type: 'erase_person', targets: [{ identity: null, ok: true }], reason: null, room: null }),
    entry(991, { type: 'something_newer', room: LONG_NAME, reason: LONG_NAME }),
  ]
}

function stay(sid: string, change: Partial<PersonSession> = {}): PersonSession {
  const now = Date.now()
  return {
    sid,
    identity: 'user-0007',
    name: 'Tomás Vidal',
    room: 'lobby',
    roomSid: 'RM_1',
    joinedAt: now - 3 * HOUR,
    leftAt: now - 2 * HOUR,
    reconnects: 0,
    talkMs: 11 * MINUTE,
    observedMs: HOUR,
    quality: { excellent: 40 * MINUTE, good: 15 * MINUTE, poor: 5 * MINUTE },
    ...change,
  }
}

export function personOnRecord(change: Partial<Person> = {}): Person {
  const now = Date.now()
  return {
    identity: 'user-0007',
    name: 'Tomás Vidal',
    rooms: ['lobby', 'late night 🎧 radio'],
    firstSeenAt: now - 40 * 24 * HOUR,
    lastSeenAt: now - MINUTE,
    records: [
      { room: 'lobby', role: 'SPEAKER', status: 'JOINED', joinedAt: now - HOUR, leftAt: null, canSpeak: true, canVideo: false },
      {
        room: 'town hall',
        role: 'VIEWER',
        status: 'LEFT',
        joinedAt: now - 9 * HOUR,
        leftAt: now - 8 * HOUR,
        canSpeak: true,
        canVideo: true,
      },
      { room: 'interview', role: 'GUEST', status: 'INVITED', joinedAt: null, leftAt: null, canSpeak: false, canVideo: false },
    ],
    sessions: [
      stay('PA_3', { leftAt: null, joinedAt: now - HOUR, reconnects: 2 }),
      stay('PA_2', { talkMs: null, observedMs: 0, quality: {}, room: LONG_NAME }),
      stay('PA_1'),
    ],
    measures: [
      measure('m9', { until: now - HOUR, reason: 'Shouting', at: now - 5 * HOUR }),
      measure('m1'),
      measure('m8', { kind: 'deny_sources', sources: ['camera'], scope: 'all', room: undefined, liftedAt: now - 2 * HOUR, liftedBy: 'bo' }),
    ],
    actions: manyEntries().slice(0, 4),
    notes: [{ id: 'n1', at: now - 26 * HOUR, by: 'bo', text: 'Was kind when asked.\n<script>alert(1)</script>' }],
    ...change,
  }
}

export function roomSession(sid: string, change: Partial<RoomSession> = {}): RoomSession {
  const startedAt = Date.UTC(2026, 3, 20, 9, 58)
  return {
    sid,
    room: 'lobby',
    startedAt,
    endedAt: startedAt + 2 * HOUR,
    peak: 9,
    people: 14,
    joins: 19,
    averageStayMs: 31 * MINUTE,
    talkMs: 48 * MINUTE,
    observedMs: HOUR,
    ...change,
  }
}

const names = ['Bo Lindqvist', 'Mira Okafor', 'Tomás Vidal', 'سارة علي', '宮本 葵', 'DJ 🎧', LONG_NAME]

/** A session of two hours with people who came and went, observed in its middle. */
export function wholeSession(people = 14): WholeSession {
  const session = roomSession('RM_1')
  const { startedAt } = session
  const stays = Array.from({ length: people }, (_, index) => {
    const joinedAt = startedAt + ((index * 7) % 50) * MINUTE
    const leftAt = joinedAt + (20 + ((index * 13) % 60)) * MINUTE
    const isSeen = index % 5 !== 4
    return {
      ...stay(`PA_${index}`, {
        identity: `user-${index}`,
        name: names[index % names.length] ?? '',
        joinedAt,
        leftAt,
        talkMs: isSeen ? 9 * MINUTE : null,
      }),
      spoke: isSeen
        ? [0, 1, 2, 3].map((turn) => ({ from: joinedAt + (8 + turn * 3) * MINUTE, to: joinedAt + (9 + turn * 3.4) * MINUTE }))
        : [],
    }
  })
  const again = {
    ...stay('PA_again', {
      identity: 'user-0',
      name: names[0] ?? '',
      joinedAt: startedAt + 90 * MINUTE,
      leftAt: startedAt + 110 * MINUTE,
      reconnects: 1,
    }),
    spoke: [],
  }
  const points = [0, 3, 7, 15, 30, 44, 60, 75, 90, 105, 119]
  return {
    ...session,
    stays: [...stays, again],
    observed: [{ from: startedAt + 5 * MINUTE, to: startedAt + 65 * MINUTE }],
    population: points.map((minute, index) => ({ at: startedAt + minute * MINUTE, online: [1, 3, 5, 6, 9, 8, 8, 6, 4, 2, 1][index] ?? 0 })),
    cut: false,
  }
}
