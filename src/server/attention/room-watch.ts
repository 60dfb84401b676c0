import { isDeepStrictEqual } from 'node:util'
import { attentionRuleSchema, type AttentionMark, type AttentionRule } from '#shared/domain/attention.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { Presence } from '#shared/domain/presence.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { isCounted, type Room } from '#server/rooms/room-model.ts'
import { findAlone, followAlone, type TimeAlone } from './alone.ts'
import { attempt, attemptOf, describeBanned, describeEvaded, findAttempts, type Attempts } from './attempts.ts'
import { findBadConnections, observe, withoutLeft, type Observed } from './bad-connections.ts'
import { findJoinBurst, join, type Joins } from './join-burst.ts'
import { earliest, settle, type Finding, type Standing } from './standing.ts'
import type { RoomRules } from './thresholds-for.ts'
import { findUnconfirmed, heardOf } from './unconfirmed.ts'

/** What the rules remember of one session of a room, each as little as it can, and nothing where it is off; and the marks, in the order of the rules. */
export type RoomWatch = {
  readonly rules: RoomRules
  readonly observed: Observed | null
  readonly banned_attempt: Attempts | null
  readonly measure_evaded: Attempts | null
  readonly joins: Joins | null
  readonly alone: TimeAlone | null
  readonly standings: Standings
  readonly marks: readonly AttentionMark[]
}
type Standings = { readonly [Rule in AttentionRule]?: Standing }

const noStandings: Standings = {}
export const noMarks: readonly AttentionMark[] = []

export function beginWatch(rules: RoomRules, room: Room): RoomWatch {
  const none = { observed: null, banned_attempt: null, measure_evaded: null, joins: null, alone: null }
  return withRoom({ rules, ...none, standings: noStandings, marks: noMarks }, room)
}

/** After the room has changed. The same watch where that says nothing to any rule. */
export function withRoom(watch: RoomWatch, room: Room): RoomWatch {
  const alone = watch.rules.thresholds.alone.on ? followAlone(watch.alone, room) : null
  const observed = watch.observed && withoutLeft(watch.observed, (identity) => isOnline(room, identity))
  return alone === watch.alone && observed === watch.observed ? watch : { ...watch, alone, observed }
}

/** After an observation. */
export function withPresence(watch: RoomWatch, presence: Presence): RoomWatch {
  return watch.rules.thresholds.bad_connections.on ? { ...watch, observed: observe(watch.observed, presence) } : watch
}

/** After something was told of the room. The same watch where no rule asks for it. */
export function withTold(watch: RoomWatch, event: FeedEvent): RoomWatch {
  const { thresholds } = watch.rules
  if (event.type === 'participant_joined')
    return thresholds.join_burst.on ? { ...watch, joins: join(watch.joins, event.timestamp, thresholds.join_burst) } : watch
  const rule = event.type === 'measure_enforced' ? attemptOf(event) : null
  if (rule === null) return watch
  return thresholds[rule].on ? { ...watch, [rule]: attempt(watch[rule], event.timestamp, thresholds[rule]) } : watch
}

/** Under other rules. The mark of a changed one comes or goes at once: that is what somebody has just asked for. */
export function withRules(watch: RoomWatch, rules: RoomRules, room: Room): RoomWatch {
  const changed = attentionRuleSchema.options.filter((rule) => !isDeepStrictEqual(rules.thresholds[rule], watch.rules.thresholds[rule]))
  const kept = Object.entries(watch.standings).filter(([rule]) => !changed.some((each) => each === rule))
  const { thresholds } = rules
  const next: RoomWatch = {
    ...watch,
    rules,
    observed: thresholds.bad_connections.on ? watch.observed : null,
    banned_attempt: thresholds.banned_attempt.on ? watch.banned_attempt : null,
    measure_evaded: thresholds.measure_evaded.on ? watch.measure_evaded : null,
    joins: thresholds.join_burst.on ? watch.joins : null,
    standings: Object.fromEntries(kept),
  }
  return withRoom(next, room)
}

/** Whether a change of the room can mean anything to the rules; where it can't, looking is spared. */
export function heedsChanges({ rules, observed, marks }: RoomWatch): boolean {
  return marks.length > 0 || rules.thresholds.alone.on || (observed !== null && observed.bad.size > 0)
}

/**
 * Whether observing this room comes before others: it has a mark, a pattern asks for its connections to be watched, or as many are bad as make a mark if that
 * lasts.
 */
export function wantsObserver({ rules, observed, marks }: RoomWatch, room: Room, now: number): boolean {
  if (marks.length > 0 || rules.asksForQuality) return true
  const threshold = rules.thresholds.bad_connections
  if (observed === null || observed.bad.size < threshold.people) return false
  return findBadConnections(observed, threshold, (identity) => isOnline(room, identity), now).kind !== 'gone'
}

/** What is known of a room besides: when it was last observed, and what time it is (ms). */
type Present = { readonly room: Room; readonly observedAt: number | null; readonly now: number }

/** Lets every rule look at the room. `due`: when to look again though nothing happens, ms. The same marks where none has changed. */
export function look(watch: RoomWatch, present: Present): { readonly watch: RoomWatch; readonly due: number | null } {
  const standings: { [Rule in AttentionRule]?: Standing } = {}
  const marks: AttentionMark[] = []
  let due: number | null = null
  for (const rule of attentionRuleSchema.options) {
    const finding = find(rule, watch, present)
    if (!finding) continue
    const settled = settle(rule, watch.standings[rule], finding, present.now)
    due = earliest(due, settled.due)
    if (settled.standing) standings[rule] = settled.standing
    if (settled.standing?.mark) marks.push(settled.standing.mark)
  }
  const same = marks.length === watch.marks.length && marks.every((mark, index) => mark === watch.marks[index])
  return { watch: { ...watch, standings, marks: same ? watch.marks : marks }, due }
}

/** Null where the rule is off, or knows nothing of the room. */
function find(rule: AttentionRule, watch: RoomWatch, { room, observedAt, now }: Present): Finding | null {
  const { thresholds } = watch.rules
  if (!thresholds[rule].on) return null
  switch (rule) {
    case 'bad_connections':
      return watch.observed && findBadConnections(watch.observed, thresholds.bad_connections, (identity) => isOnline(room, identity), now)
    case 'banned_attempt':
      return watch.banned_attempt && findAttempts(watch.banned_attempt, thresholds.banned_attempt, describeBanned, now)
    case 'measure_evaded':
      return watch.measure_evaded && findAttempts(watch.measure_evaded, thresholds.measure_evaded, describeEvaded, now)
    case 'join_burst':
      return watch.joins && findJoinBurst(watch.joins, thresholds.join_burst, now)
    case 'alone':
      return watch.alone && findAlone(watch.alone, thresholds.alone, now)
    case 'unconfirmed':
      return findUnconfirmed(heardOf(room, observedAt), thresholds.unconfirmed, now)
    default:
      return assertNever(rule, 'rule')
  }
}

function isOnline({ participants }: Room, identity: string): boolean {
  return isCounted(participants.get(identity))
}
