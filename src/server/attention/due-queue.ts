/** Names with the moment at which each is due, at most one a name: a binary heap that knows where each name lies. */
export type DueQueue = {
  /** `at` in ms; null: no more. */
  readonly set: (name: string, at: number | null) => void
  /** When the first is due. */
  readonly next: () => number | null
  /** Takes out a name that is due at this moment; null where none is. */
  readonly take: (now: number) => string | null
}

type Entry = { readonly name: string; at: number }

export function createDueQueue(): DueQueue {
  const heap: Entry[] = []
  const places = new Map<string, number>()

  function put(entry: Entry, place: number): void {
    heap[place] = entry
    places.set(entry.name, place)
  }

  function raise(entry: Entry, from: number): number {
    let place = from
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = heap[above]
      if (!parent || parent.at <= entry.at) break
      put(parent, place)
      place = above
    }
    return place
  }

  function lower(entry: Entry, from: number): number {
    let place = from
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]]
      const child = right && left && right.at < left.at ? right : left
      if (!child || child.at >= entry.at) return place
      const below = child === left ? 2 * place + 1 : 2 * place + 2
      put(child, place)
      place = below
    }
  }

  function settle(entry: Entry, place: number): void {
    put(entry, lower(entry, raise(entry, place)))
  }

  function remove(name: string): void {
    const place = places.get(name)
    const last = heap.at(-1)
    if (place === undefined || !last) return
    heap.pop()
    places.delete(name)
    if (last.name !== name) settle(last, place)
  }

  return {
    set(name, at) {
      if (at === null) return remove(name)
      const place = places.get(name)
      const entry = place === undefined ? undefined : heap[place]
      if (entry?.at === at) return
      if (place === undefined || !entry) return settle({ name, at }, heap.length)
      entry.at = at
      settle(entry, place)
    },
    next: () => heap[0]?.at ?? null,
    take(now) {
      const first = heap[0]
      if (!first || first.at > now) return null
      remove(first.name)
      return first.name
    },
  }
}
