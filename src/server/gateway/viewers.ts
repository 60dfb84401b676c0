import { Disposables } from '#shared/lib/disposables.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import type { Bus, BusMessage } from '#server/redis/bus.ts'

/** How often an instance tells the others again who looks where, ms, while there are others. */
const TELL_AGAIN_MS = 15 * 60_000
/** An instance not heard of for that long is gone, ms. */
const FORGET_MS = 40 * 60_000
/** How long an instance that seems to be gone may take to answer, ms. */
const ANSWER_MS = 2000

type Looking = Extract<BusMessage, { kind: 'looking' }>
type Other = { readonly rooms: Map<string, readonly string[]>; heardAt: number }

/** Which operators look at which room, at all instances (X7). */
export type Viewers<Client> = {
  /** Replaces what this client looked at before. */
  readonly look: (client: Client, operator: string, room: string | null) => void
  /** Who looks at a room: sorted, each once. */
  readonly of: (room: string) => string[]
  /** The rooms that anybody looks at, at any instance. */
  readonly rooms: () => ReadonlySet<string>
  readonly changed: Emitter<{ readonly room: string; readonly operators: string[] }>
  /** Tells the others that nobody looks at anything here any more. */
  readonly close: () => Promise<void>
}

/**
 * Each change goes to the other instances, if there are any; nothing is sent while nothing changes, but for a word every 15 minutes. An instance
 * that starts, or was cut off, asks the others. One that ended without a goodbye is noticed when a message reaches fewer than are known.
 * `now` in ms.
 */
export function createViewers<Client>(bus: Bus, now: () => number = Date.now): Viewers<Client> {
  const here = new Map<Client, { readonly operator: string; readonly room: string }>()
  const others = new Map<string, Other>()
  const changed = new Emitter<{ readonly room: string; readonly operators: string[] }>()
  const closing = new Disposables()
  /** Who has not answered since the roll was called. */
  const silent = new Set<string>()
  let tellingAgain: NodeJS.Timeout | undefined
  let roll: NodeJS.Timeout | undefined

  function lookingHere(room: string): string[] {
    return distinct([...here.values()].filter((each) => each.room === room).map(({ operator }) => operator))
  }

  function of(room: string): string[] {
    return distinct([...lookingHere(room), ...[...others.values()].flatMap(({ rooms }) => rooms.get(room) ?? [])])
  }

  /** Runs a step, and says which of these rooms have other viewers than before. */
  function change(rooms: Iterable<string>, step: () => void): void {
    const before = new Map([...rooms].map((room) => [room, of(room)]))
    step()
    for (const [room, then] of before) {
      const operators = of(room)
      if (!isSame(operators, then)) changed.emit({ room, operators })
    }
  }

  function forget(instance: string): void {
    change(others.get(instance)?.rooms.keys() ?? [], () => others.delete(instance))
    if (others.size > 0) return
    clearTimeout(tellingAgain)
    tellingAgain = undefined
  }

  /** Whoever tells gets to know how many heard it, and so whether somebody is missing. */
  async function tell(how: Looking['how'], names: Iterable<string>): Promise<void> {
    const heard = await bus.publish({ kind: 'looking', how, rooms: [...names].map((room) => [room, lookingHere(room)]) })
    if (heard !== null && heard < others.size && (how === 'changed' || how === 'whole')) callTheRoll()
  }

  async function tellAll(how: 'whole' | 'asking'): Promise<void> {
    clearTimeout(tellingAgain)
    for (const [instance, { heardAt }] of others) if (now() - heardAt >= FORGET_MS) forget(instance)
    tellingAgain = undefined
    tellAgainLater()
    await tell(how, new Set([...here.values()].map(({ room }) => room)))
  }

  function tellAgainLater(): void {
    if (tellingAgain || others.size === 0) return
    tellingAgain = setTimeout(() => void tellAll('whole'), TELL_AGAIN_MS)
    tellingAgain.unref()
  }

  function callTheRoll(): void {
    if (roll) return
    for (const instance of others.keys()) silent.add(instance)
    roll = setTimeout(() => {
      roll = undefined
      for (const instance of silent) forget(instance)
      silent.clear()
    }, ANSWER_MS)
    roll.unref()
    void tellAll('asking')
  }

  function hear({ how, rooms }: Looking, from: string): void {
    silent.delete(from)
    if (how === 'leaving') return forget(from)
    const other = others.get(from) ?? { rooms: new Map<string, readonly string[]>(), heardAt: 0 }
    other.heardAt = now()
    change([...other.rooms.keys(), ...rooms.map(([room]) => room)], () => {
      others.set(from, other)
      if (how !== 'changed') other.rooms.clear()
      for (const [room, operators] of rooms) {
        if (operators.length > 0) other.rooms.set(room, operators)
        else other.rooms.delete(room)
      }
    })
    if (how === 'asking') void tellAll('whole')
    else tellAgainLater()
  }

  closing.add(
    bus.joined.subscribe(() => void tellAll('asking')),
    bus.subscribe((message, from) => {
      if (message.kind === 'looking' && from !== bus.instance) hear(message, from)
    }),
  )

  return {
    of,
    rooms: () =>
      new Set([...[...here.values()].map(({ room }) => room), ...[...others.values()].flatMap(({ rooms }) => [...rooms.keys()])]),
    changed,
    look(client, operator, room) {
      const touched = [here.get(client)?.room, room].filter((each) => typeof each === 'string')
      const before = touched.map(lookingHere)
      change(touched, () => {
        if (room === null) here.delete(client)
        else here.set(client, { operator, room })
      })
      const moved = touched.filter((each, index) => !isSame(lookingHere(each), before[index] ?? []))
      if (moved.length > 0 && others.size > 0) void tell('changed', moved)
    },
    async close() {
      closing.dispose()
      clearTimeout(tellingAgain)
      clearTimeout(roll)
      const isAlone = others.size === 0
      // Its clients go after this; whoever heard of that would take it for an instance again.
      others.clear()
      if (!isAlone) await bus.publish({ kind: 'looking', how: 'leaving', rooms: [] })
    },
  }
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted()
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index])
}
