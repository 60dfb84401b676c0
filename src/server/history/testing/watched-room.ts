import type { ConnectionQuality } from '#shared/domain/presence.ts'
import type { TrackSource } from '#shared/domain/participant.ts'
import { everythingAllowed } from '#server/livekit/facts.ts'
import type { ObserverEnd, SeenPerson, Sighting } from '#server/observers/room-observer.ts'
import type { HistoryFact } from '../history-sink.ts'
import { recordHistory } from '../record-history.ts'

export type SeenTrack = { readonly source: TrackSource; readonly muted?: boolean }

const microphone: readonly SeenTrack[] = [{ source: 'microphone' }]

/** A room that an observer of the test's own visits, with a clock that the test moves. Somebody's sid is their identity unless it is given. */
export function openWatchedRoom() {
  const told: HistoryFact[] = []
  let at = 1_000_000
  let see: ((sighting: Sighting) => void) | null = null
  let leave: () => void = () => undefined
  const heard: Sighting['type'][] = []
  const observe = recordHistory({
    observer: (_target, tell) => {
      see = tell
      return () => void (see = null)
    },
    sink: (fact) => void told.push(fact),
    now: () => at,
  })

  function show(sighting: Sighting): void {
    see?.(sighting)
  }

  function person(identity: string, state: SeenPerson['state'], tracks: readonly SeenTrack[] = microphone, sid = identity): SeenPerson {
    return {
      state,
      facts: {
        identity,
        sid,
        name: '',
        kind: 'standard',
        hidden: identity === 'hidden',
        joinedAt: 0,
        version: 1,
        tracks: tracks.map(({ source, muted = false }, index) => ({ sid: `${sid}-${index}`, source, muted })),
        permissions: everythingAllowed,
        metadata: '',
        attributes: {},
      },
    }
  }

  return {
    told,
    /** What was told of this kind, as times in s since the test began. */
    spoke: () => inOrder(told.flatMap((fact) => (fact.kind === 'spoke' ? [[fact.participant.sid, fact.from, fact.to] as const] : []))),
    observed: () => inOrder(told.flatMap((fact) => (fact.kind === 'observed' ? [[fact.room.sid, fact.from, fact.to] as const] : []))),
    qualities: () =>
      told.flatMap((fact) => (fact.kind === 'quality_changed' ? [`${toSeconds(fact.at)} ${fact.participant.sid} ${fact.quality}`] : [])),
    /** What the one who asked for the observer was told. */
    heard,
    now: () => at,
    pass: (seconds: number) => void (at += seconds * 1000),
    visit() {
      leave = observe({ room: 'lobby', sid: 'RM_1' }, ({ type }) => void heard.push(type))
    },
    join: (...people: readonly SeenPerson[]) =>
      show({
        type: 'joined',
        facts: { sid: 'RM_1', startedAt: 0, metadata: '', maxParticipants: 0, recording: false },
        people,
        asOf: at,
      }),
    person,
    people: (...people: readonly SeenPerson[]) => show({ type: 'people', people }),
    level: (sid: string, level: number) => show({ type: 'speakers', speakers: [{ sid, level }] }),
    quality: (sid: string, quality: ConnectionQuality) => show({ type: 'quality', quality: [{ sid, quality }] }),
    alive: () => show({ type: 'alive' }),
    end: (kind: ObserverEnd['kind']) => show({ type: 'ended', end: { kind, why: '' } }),
    leave: () => leave(),
  }
}

function toSeconds(at: number): number {
  return (at - 1_000_000) / 1000
}

/** Whose and from when till when; what is told again replaces what was told. */
function inOrder(spans: readonly (readonly [string, number, number])[]): string[] {
  const last = new Map(spans.map(([whose, from, to]) => [`${whose} ${toSeconds(from)}`, toSeconds(to)]))
  return [...last].map(([begin, to]) => `${begin} to ${to}`)
}
