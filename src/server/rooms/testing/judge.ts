import type { SeenPerson } from '#server/observers/room-observer.ts'
import type { FeedDraft } from '../feed-draft.ts'
import type { RoomRecord } from '../room-model.ts'
import type { Testimony } from './witnesses.ts'
import { momentAt, type Fact, type TrueHistory } from './true-history.ts'

/** The feed's facts that have one sid each, by type. */
const ENDS: ReadonlyMap<string, string> = new Map([
  ['room_started', 'room_finished'],
  ['participant_joined', 'participant_left'],
  ['track_published', 'track_unpublished'],
])
const ONCE: ReadonlySet<string> = new Set([...ENDS].flat())

/** How long what an observer hears may wait until what it heard before is stored, ms: what makes it old may come meanwhile. */
const TURN_MS = 400

/** How far an observer may be behind, ms: what LiveKit holds back, what the way takes, and its turn. */
const LAG_MS = 3000 + 300 + TURN_MS

type Telling = { readonly at: number; readonly fact: string; readonly feed: FeedDraft }

/** What the feed was told of facts that happen once, in order. */
function tellings({ steps }: Testimony): Telling[] {
  return steps.flatMap(({ at, feed }) =>
    feed.filter(({ type }) => ONCE.has(type)).map((each) => ({ at, fact: `${each.type} ${sidOf(each)}`, feed: each })),
  )
}

function sidOf({ type, data }: FeedDraft): string {
  const of = type.startsWith('track') ? data.track : type.startsWith('participant') ? data.participant : data.room
  return of?.sid ?? ''
}

/** What the feed told twice, or what never happened, or before it did. */
export function falseTellings(history: TrueHistory, testimony: Testimony): string[] {
  const told = new Set<string>()
  const wrong: string[] = []
  for (const { fact, at } of tellings(testimony)) {
    const happened = history.facts.get(fact)
    if (told.has(fact)) wrong.push(`told twice: ${fact}`)
    if (!happened) wrong.push(`never happened: ${fact}`)
    else if (happened.at > at) wrong.push(`told before it happened: ${fact}`)
    told.add(fact)
  }
  return wrong
}

/** What of mute states the feed told that was not the next one or a later one than what it told before. */
export function falseMutes(history: TrueHistory, { steps }: Testimony): string[] {
  const reached = new Map<string, number>()
  const wrong: string[] = []
  for (const { at, feed } of steps) {
    for (const { type, data } of feed) {
      if (type !== 'track_muted' && type !== 'track_unmuted') continue
      const sid = data.track?.sid ?? ''
      const states = history.mutes.get(sid) ?? []
      const from = reached.get(sid) ?? 0
      const next = states.findIndex((state, index) => index > from && state.muted === (type === 'track_muted'))
      const state = states[next]
      if (!state || state.at > at) wrong.push(`${type} ${sid} once too often`)
      reached.set(sid, Math.max(next, from))
    }
  }
  return wrong
}

/**
 * Who or what went back to what it was before: a stay, a track, a mute state, a version. What a list was without is believed to be there again by whoever sees it:
 * that is wrong only where an observer lags behind the list, and where a webhook of a join knows more than the record did.
 */
export function flaps(history: TrueHistory, { steps }: Testimony): string[] {
  const gone = new Map<string, { readonly at: number; readonly inferred: boolean; readonly version: number }>()
  const mutes = new Map<string, number>()
  const wrong: string[] = []
  for (const { at, event, before, after } of steps) {
    const [was, is] = [standing(before), standing(after)]
    for (const [key, { version }] of was) if (!is.has(key)) gone.set(key, { at, inferred: event.asOf !== undefined, version })
    for (const [key, { version, muted }] of is) {
      const end = was.has(key) ? undefined : gone.get(key)
      const lags = event.cause === 'observer' && end && at - end.at <= LAG_MS
      const knowsMore = event.type === 'participant_joined' && event.cause === 'webhook' && end && version > end.version
      if (end && !(end.inferred && (lags || knowsMore))) wrong.push(`came back: ${key}`)
      const earlier = was.get(key)
      if (earlier && earlier.version > version) wrong.push(`an older version of ${key}`)
      if (muted === null) continue
      const states = history.mutes.get(key) ?? []
      const from = mutes.get(key) ?? 0
      const now = states.findIndex((state, index) => index >= from && state.muted === muted)
      if (now < 0) wrong.push(`an older mute state of ${key}`)
      mutes.set(key, Math.max(now, from))
    }
  }
  return wrong
}

/** Rooms, stays and tracks that are there, by sid. */
function standing({ room }: RoomRecord): Map<string, { version: number; muted: boolean | null }> {
  const there = new Map<string, { version: number; muted: boolean | null }>()
  if (!room) return there
  there.set(room.facts.sid, { version: 0, muted: null })
  for (const { sid, online, version, tracks } of room.participants.values()) {
    if (!online) continue
    there.set(sid, { version, muted: null })
    for (const track of tracks) there.set(track.sid, { version: track.version, muted: track.muted })
  }
  return there
}

/** What somebody told of whom the feed has to tell, and did not, nor of anything that makes it old. */
export function untold(history: TrueHistory, testimony: Testimony): string[] {
  const told = new Map<string, number>()
  for (const { fact, at } of tellings(testimony)) told.set(fact, told.get(fact) ?? at)
  // A session can begin with somebody hidden, without a word.
  for (const { at, after } of testimony.steps) {
    const session = `session ${after.room?.facts.sid}`
    told.set(session, told.get(session) ?? at)
  }
  const hidden = hiddenSids(history)
  const wrong: string[] = []
  for (const [fact, heardAt] of heardFacts(testimony)) {
    const truth = history.facts.get(fact)
    if (!truth || told.has(fact) || (truth.owner !== null && hidden.has(truth.owner))) continue
    const isOld = superseding(history, fact, truth).some((later) => (told.get(later) ?? Infinity) <= heardAt)
    // Who published it may be hidden: nothing is told of it until they joined, nor if it ended before.
    const joined = told.get(`participant_joined ${truth.owner}`)
    const isNobodys = fact.startsWith('track') && (joined === undefined || endHeardBefore(testimony, fact, joined))
    if (!isOld && !isNobodys) wrong.push(`not told: ${fact}`)
  }
  return wrong
}

/** What the feed told to have begun, that is over for the record, and of which it never told the end. */
export function leftOpen(testimony: Testimony): string[] {
  const told = new Set(tellings(testimony).map(({ fact }) => fact))
  const there = standing(testimony.record)
  return [...told].filter((fact) => {
    const [type = '', sid = ''] = fact.split(' ')
    const end = ENDS.get(type)
    return end !== undefined && !there.has(sid) && !told.has(`${end} ${sid}`)
  })
}

/** What makes a fact old: its own end, that of its owner's stay or of the room, a later stay of the same identity, a later session. */
function superseding({ facts }: TrueHistory, fact: string, { owner, room, identity, at }: Fact): string[] {
  const [type, sid] = fact.split(' ')
  const ends = [`room_finished ${room}`]
  for (const [later, { at: laterAt, identity: who, room: where }] of facts) {
    if (laterAt <= at) continue
    if (where !== room) ends.push(`session ${where}`)
    else if (identity !== null && who === identity && later.startsWith('participant_')) ends.push(later)
  }
  if (type === 'track_published') ends.push(`track_unpublished ${sid}`)
  if (owner !== null && type !== 'participant_left') ends.push(`participant_left ${owner}`)
  return type === 'room_finished' ? [] : ends
}

function endHeardBefore({ arrived }: Testimony, fact: string, at: number): boolean {
  const sid = fact.split(' ')[1]
  return arrived.some((event) => event.type === 'track_unpublished' && event.track.sid === sid && event.at <= at)
}

function hiddenSids({ moments }: TrueHistory): Set<string> {
  return new Set(moments.flatMap(({ people }) => people.filter(({ hidden }) => hidden).map(({ sid }) => sid)))
}

/** Whether the feed told anything of somebody hidden. */
export function hiddenTold(history: TrueHistory, { steps }: Testimony): string[] {
  const hidden = hiddenSids(history)
  return steps.flatMap(({ feed }) => feed.filter(({ data }) => hidden.has(data.participant?.sid ?? '')).map(({ type }) => type))
}

/** All that a webhook or an observer told, each with when it was heard first. Of whom the record knows a newer version an observer tells nothing of tracks. */
function heardFacts({ arrived, heard, steps }: Testimony): Map<string, number> {
  const facts = new Map<string, number>()
  const hear = (fact: string, at: number) => facts.set(fact, Math.min(facts.get(fact) ?? Infinity, at))
  for (const event of arrived) {
    if ('track' in event) hear(`${event.type} ${event.track.sid}`, event.at)
    else if ('participant' in event) hear(`${event.type} ${event.participant?.sid}`, event.at)
    else hear(`${event.type} ${event.room.sid}`, event.at)
  }
  const seen = new Map<string, SeenPerson>()
  const published = new Set<string>()
  for (const { at: heardAt, observer, room, sighting } of heard) {
    const at = heardAt + TURN_MS
    if (sighting.type === 'ended' && sighting.end.kind === 'over') hear(`room_finished ${room}`, at)
    if (sighting.type !== 'people' && sighting.type !== 'joined') continue
    for (const each of sighting.people) {
      const { sid, tracks } = each.facts
      const key = `${observer} ${sid}`
      const before = seen.get(key)
      seen.set(key, each)
      const tracksThen = before?.state === 'active' ? before.facts.tracks : []
      if (each.state === 'active') hear(`participant_joined ${sid}`, at)
      if (each.state === 'gone' && before?.state === 'active') hear(`participant_left ${sid}`, at)
      const known = steps.findLast((step) => step.at <= at)?.after.room?.participants.get(each.facts.identity)
      if (known?.sid === sid && known.version > each.facts.version) continue
      for (const track of tracks) {
        if (each.state !== 'active') continue
        published.add(track.sid)
        hear(`track_published ${track.sid}`, at)
      }
      for (const { sid: track } of tracksThen) {
        if (published.has(track) && !tracks.some((now) => now.sid === track)) hear(`track_unpublished ${track}`, at)
      }
    }
  }
  return facts
}

/** What is there in the end, without what no observer sees: the record's view and the truth's, alike. */
export function endOf(history: TrueHistory, { record }: Testimony) {
  const { facts, people } = momentAt(history, Infinity)
  const view = (each: {
    identity: string
    sid: string
    name: string
    metadata: string
    permissions: unknown
    tracks: readonly { sid: string; muted: boolean }[]
  }) => ({
    identity: each.identity,
    sid: each.sid,
    name: each.name,
    metadata: each.metadata,
    permissions: each.permissions,
    tracks: Object.fromEntries(each.tracks.map(({ sid, muted }) => [sid, muted])),
  })
  const sorted = <T extends { sid: string }>(items: T[]) => items.toSorted((a, b) => (a.sid < b.sid ? -1 : 1))
  const rows = [...(record.room?.participants.values() ?? [])].filter(({ online, hidden }) => online && !hidden)
  return {
    recorded: { room: record.room?.facts ?? null, people: sorted(rows.map(view)) },
    truth: { room: facts, people: sorted(people.filter(({ hidden }) => !hidden).map(view)) },
  }
}

/** Who is there and what they publish: all that webhooks tell. */
export function presenceOf({ room, people }: ReturnType<typeof endOf>['truth']) {
  return { room: room?.sid, people: people.map(({ sid, tracks }) => [sid, ...Object.keys(tracks).toSorted()]) }
}
