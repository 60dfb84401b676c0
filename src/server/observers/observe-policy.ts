/**
 * Why a room is observed: `looked`, somebody looks at it; `wanted`, it has attention, or a rule needs to know how its connections fare; `turn`, because
 * every room has its turn. In this order they get the slots.
 */
export type Claim = 'looked' | 'wanted' | 'turn'
const claims = ['looked', 'wanted', 'turn'] as const satisfies readonly Claim[]

/** A room that can be observed. Times in ms. `seenAt`: when anybody observed it last, 0 for never; `since`: from when on it is observed here, null where it isn't. */
export type ObservableRoom = { readonly name: string; readonly claim: Claim; readonly seenAt: number; readonly since: number | null }

/** What to do next: observe the first `count` rooms of `join` that nobody else observes, then leave the first of `leave` until no more are held than there are slots. */
export type ObservePlan = { readonly join: readonly string[]; readonly count: number; readonly leave: readonly string[] }

/** For how long a room is looked at when there are more rooms than slots, ms: LiveKit tells the quality of connections every 5 s. */
export const LOOK_MS = 12_000
/** How many rooms a second may take turns: each costs a join and a leave. */
export const TURNS_PER_SECOND = 10
/** Which part of the slots stays for the turns of the rest when `wanted` rooms alone would fill them. */
const TURN_SHARE = 0.1
/** How many rooms are named in a plan: others may observe the first of them already. */
const NAMED = 200

/** Within which time each of so many rooms is looked at by so many slots, ms. */
export function promisedMs(rooms: number, slots: number): number {
  if (rooms <= slots) return 0
  return Math.max((Math.ceil(rooms / slots) + 1) * LOOK_MS, (rooms / TURNS_PER_SECOND) * 1000 + 2 * LOOK_MS)
}

type Group = { readonly held: ObservableRoom[]; readonly waiting: ObservableRoom[] }

/**
 * Who is observed next, with so many `slots` at `now` (ms). `turns`: how many rooms may be exchanged for others now. Pure; one pass over the rooms. A room that is being
 * looked at in turn stays for `LOOK_MS`, and one that had its turn waits as long at least, so that no two rooms just swap places.
 */
export function planObservers(rooms: Iterable<ObservableRoom>, slots: number, turns: number, now: number): ObservePlan {
  const groups: Record<Claim, Group> = { looked: newGroup(), wanted: newGroup(), turn: newGroup() }
  for (const room of rooms) {
    const { held, waiting } = groups[room.claim]
    if (room.since !== null) held.push(room)
    else keepOldest(waiting, room)
  }
  const caps = shareSlots(groups, slots)
  const join: string[] = []
  const leave: string[] = []
  let count = 0
  let turnsLeft = turns
  for (const claim of claims) {
    const { held, waiting } = groups[claim]
    const lacking = Math.min(waiting.length, Math.max(0, caps[claim] - held.length))
    const surplus = Math.max(0, held.length - caps[claim])
    // The surplus leaves anyhow, and of those who had their look it takes the first.
    const swaps = Math.min(Math.max(0, lookedAt(held, now) - surplus), dueOf(waiting.slice(lacking), now), turnsLeft)
    turnsLeft -= swaps
    count += lacking + swaps
    if (lacking + swaps > 0) for (const { name } of waiting) if (join.length < NAMED) join.push(name)
    // The weakest claim makes room first.
    leave.unshift(...longest(held, surplus + swaps))
  }
  return { join, count, leave }
}

function newGroup(): Group {
  return { held: [], waiting: [] }
}

/** Keeps the rooms that were observed longest ago, in that order, as many as a plan names. */
function keepOldest(waiting: ObservableRoom[], room: ObservableRoom): void {
  const last = waiting.at(-1)
  if (waiting.length === NAMED && last && last.seenAt <= room.seenAt) return
  let [low, high] = [0, waiting.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((waiting[middle]?.seenAt ?? 0) <= room.seenAt) low = middle + 1
    else high = middle
  }
  waiting.splice(low, 0, room)
  if (waiting.length > NAMED) waiting.pop()
}

/** How many slots each claim may fill. */
function shareSlots(groups: Record<Claim, Group>, slots: number): Record<Claim, number> {
  const size = ({ held, waiting }: Group) => held.length + waiting.length
  const looked = Math.min(size(groups.looked), slots)
  const rest = slots - looked
  const reserved = size(groups.turn) > 0 ? Math.min(size(groups.turn), Math.floor(rest * TURN_SHARE)) : 0
  const wanted = Math.min(size(groups.wanted), rest - reserved)
  return { looked, wanted, turn: rest - wanted }
}

/** How many rooms had their look. */
function lookedAt(held: readonly ObservableRoom[], now: number): number {
  return held.filter(({ since }) => since !== null && now - since >= LOOK_MS).length
}

/** How many rooms wait for theirs. */
function dueOf(waiting: readonly ObservableRoom[], now: number): number {
  return waiting.filter(({ seenAt }) => now - seenAt >= LOOK_MS).length
}

function longest(held: readonly ObservableRoom[], count: number): string[] {
  if (count === 0) return []
  return held
    .toSorted((a, b) => (a.since ?? 0) - (b.since ?? 0))
    .slice(0, count)
    .map(({ name }) => name)
}
