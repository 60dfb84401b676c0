import fc from 'fast-check'
import type { Track, TrackSource } from '#shared/domain/participant.ts'
import type { SeenPerson } from '#server/observers/room-observer.ts'
import type { ParticipantFacts, RoomFacts } from '../room-model.ts'
import type { ParticipantReference, RoomEvent, RoomReference } from '../room-event.ts'
import { newcomer } from './room-histories.ts'

/** What may happen next in a room; a step that makes no sense at that point is passed over. `wait`: how long after the one before. */
export type TrueStep = {
  readonly kind: 'join' | 'leave' | 'publish' | 'unpublish' | 'mute' | 'rename' | 'permit' | 'set_room' | 'end'
  readonly person: number
  readonly track: number
  readonly wait: number
}

/** Pauses between steps, ms: within what a webhook takes, within what LiveKit holds back, longer than either. */
const PAUSES = [3, 40, 400, 2500, 9000]

export const trueSteps: fc.Arbitrary<TrueStep[]> = fc.array(
  fc.record({
    kind: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom('join' as const) },
      { weight: 12, arbitrary: fc.constantFrom('leave' as const, 'publish' as const, 'unpublish' as const, 'mute' as const) },
      { weight: 4, arbitrary: fc.constantFrom('mute' as const, 'rename' as const, 'permit' as const) },
      { weight: 1, arbitrary: fc.constantFrom('set_room' as const, 'end' as const) },
    ),
    person: fc.nat(2),
    track: fc.nat(1),
    wait: fc.nat(PAUSES.length - 1),
  }),
  { minLength: 3, maxLength: 30, size: 'max' },
)

/** A room as it is from a moment on (ms) until the next. `arriving`: who is on their way in. */
export type Moment = {
  readonly at: number
  readonly facts: RoomFacts | null
  readonly people: readonly ParticipantFacts[]
  readonly arriving: readonly ParticipantFacts[]
}

/** What those in the room are told, when it happens (ms). `held`: of somebody who publishes nothing, so that LiveKit takes its time. */
export type Signal = { readonly at: number; readonly room: string } & (
  | { readonly kind: 'person'; readonly seen: SeenPerson; readonly held: boolean }
  | { readonly kind: 'room'; readonly facts: RoomFacts }
  | { readonly kind: 'over' }
)

/** A fact that the feed tells once at the most, named like its event and the sid that it is of. */
export type Fact = { readonly at: number; readonly owner: string | null; readonly identity: string | null; readonly room: string }

/** What happened under one room name, and what LiveKit sends of it: webhooks by when they were made. */
export type TrueHistory = {
  readonly name: string
  readonly moments: readonly Moment[]
  readonly signals: readonly Signal[]
  readonly webhooks: readonly RoomEvent[]
  readonly facts: ReadonlyMap<string, Fact>
  /** By track sid: each mute state it had, with when. */
  readonly mutes: ReadonlyMap<string, readonly { readonly at: number; readonly muted: boolean }[]>
  readonly end: number
}

const sourcesOf: readonly TrackSource[] = ['microphone', 'camera']

/** When the histories begin, ms. */
export const BEGIN = 1_700_000_000_000

/** What happens in a room by these steps. Every session, stay and track has a sid of its own; `tells(n)` decides what LiveKit leaves open. */
export function trueHistory(name: string, steps: readonly TrueStep[], tells: () => number): TrueHistory {
  const moments: Moment[] = [{ at: BEGIN, facts: null, people: [], arriving: [] }]
  const signals: Signal[] = []
  const webhooks: RoomEvent[] = []
  const facts = new Map<string, Fact>()
  const mutes = new Map<string, { at: number; muted: boolean }[]>()
  const people = new Map<number, ParticipantFacts>()
  let arriving: ParticipantFacts[] = []
  let room: RoomFacts | null = null
  let at = BEGIN
  let serial = 0
  const nextSid = (prefix: string) => `${prefix}_${(serial += 1)}`

  function record(): void {
    moments.push({ at, facts: room, people: [...people.values()], arriving })
  }

  function happened(type: string, sid: string, owner: Pick<ParticipantFacts, 'sid' | 'identity'> | null = null): void {
    if (room) facts.set(`${type} ${sid}`, { at, owner: owner?.sid ?? null, identity: owner?.identity ?? null, room: room.sid })
  }

  function hook(live: RoomFacts, event: HookBody): void {
    const reference: RoomReference = { name, sid: live.sid, facts: 'track' in event ? null : live }
    webhooks.push({ id: nextSid('EV'), at, cause: 'webhook', room: reference, ...event })
  }

  function signal(live: RoomFacts, facts_: ParticipantFacts, state: SeenPerson['state'], held: boolean): void {
    if (!facts_.hidden) signals.push({ at, room: live.sid, kind: 'person', seen: { facts: facts_, state }, held })
  }

  function begin(): RoomFacts {
    const sid = nextSid('RM')
    room = { sid, startedAt: at, metadata: '', maxParticipants: 0, recording: false }
    happened('room_started', sid)
    hook(room, { type: 'room_started' })
    record()
    at += 5
    return room
  }

  function join(person: number, brings: boolean): void {
    const live = room ?? begin()
    if (people.has(person)) {
      leave(live, person)
      at += 2
    }
    const sid = nextSid('PA')
    const early = newcomer(person, sid, at)
    arriving = [early]
    signal(live, early, 'joining', true)
    record()
    at += 20
    arriving = []
    const active = { ...early, version: 2 }
    people.set(person, active)
    signal(live, active, 'active', true)
    happened('participant_joined', sid, early)
    record()
    if (!brings) return hook(live, { type: 'participant_joined', participant: active })
    // The webhook is made beside the room's life: what was published meanwhile may be in it.
    const made = webhooks.length
    at += 1
    publish(live, person, active)
    const now = people.get(person)
    if (now) hook(live, { type: 'participant_joined', participant: now })
    const joined = webhooks.pop()
    if (joined) webhooks.splice(made, 0, joined)
  }

  function change(live: RoomFacts, person: number, was: ParticipantFacts, by: Partial<ParticipantFacts>): void {
    const now = { ...was, ...by, version: was.version + 1 }
    people.set(person, now)
    signal(live, now, 'active', was.tracks.length === 0 && now.tracks.length === 0)
    record()
  }

  function publish(live: RoomFacts, person: number, was: ParticipantFacts): void {
    const source = sourcesOf.find((each) => was.tracks.every((track) => track.source !== each))
    if (!source) return
    const track = { sid: nextSid('TR'), source, muted: tells() % 4 === 0 }
    mutes.set(track.sid, [{ at, muted: track.muted }])
    happened('track_published', track.sid, was)
    change(live, person, was, { tracks: [...was.tracks, track] })
    hook(live, { type: 'track_published', participant: { identity: was.identity, sid: was.sid }, track })
  }

  function leave(live: RoomFacts, person: number): void {
    const was = people.get(person)
    if (!was) return
    people.delete(person)
    const gone = { ...was, tracks: [], version: was.version + 1 }
    for (const track of was.tracks) {
      happened('track_unpublished', track.sid, was)
      hook(live, { type: 'track_unpublished', participant: { identity: was.identity, sid: was.sid }, track })
    }
    happened('participant_left', was.sid, was)
    signal(live, gone, 'gone', was.tracks.length === 0)
    hook(live, { type: 'participant_left', participant: gone })
    record()
  }

  function end(live: RoomFacts): void {
    for (const person of [...people.keys()]) leave(live, person)
    at += 3
    happened('room_finished', live.sid)
    hook(live, { type: 'room_finished' })
    signals.push({ at, room: live.sid, kind: 'over' })
    room = null
    record()
  }

  function take(step: TrueStep): void {
    if (step.kind === 'join') return join(step.person, step.track === 1)
    const live = room
    if (!live) return
    if (step.kind === 'end') return end(live)
    if (step.kind === 'set_room') {
      room = { ...live, metadata: `set at ${at}` }
      signals.push({ at, room: live.sid, kind: 'room', facts: room })
      return record()
    }
    const was = people.get(step.person)
    if (!was) return
    if (step.kind === 'leave') return leave(live, step.person)
    if (step.kind === 'publish') return publish(live, step.person, was)
    if (step.kind === 'rename') return change(live, step.person, was, { name: `Name at ${at}`, metadata: `at ${at}` })
    if (step.kind === 'permit') {
      return change(live, step.person, was, { permissions: { ...was.permissions, canPublishData: !was.permissions.canPublishData } })
    }
    const track = was.tracks[step.track]
    if (!track) return
    if (step.kind === 'mute') {
      const turned = { ...track, muted: !track.muted }
      mutes.get(track.sid)?.push({ at, muted: turned.muted })
      return change(live, step.person, was, { tracks: was.tracks.map((each) => (each === track ? turned : each)) })
    }
    happened('track_unpublished', track.sid, was)
    change(live, step.person, was, { tracks: was.tracks.filter((each) => each !== track) })
    hook(live, { type: 'track_unpublished', participant: { identity: was.identity, sid: was.sid }, track })
  }

  for (const step of steps) {
    at += PAUSES[step.wait] ?? 1
    take(step)
  }
  return { name, moments, signals, webhooks, facts, mutes, end: at }
}

type HookBody =
  | { readonly type: 'room_started' | 'room_finished' }
  | { readonly type: 'participant_joined' | 'participant_left'; readonly participant: ParticipantFacts }
  | {
      readonly type: 'track_published' | 'track_unpublished'
      readonly participant: ParticipantReference
      readonly track: Track
    }

/** How the room was at a time (ms). */
export function momentAt({ moments }: TrueHistory, at: number): Moment {
  const found = moments.findLast((moment) => moment.at <= at)
  if (!found) throw new Error('a history begins with a moment')
  return found
}
