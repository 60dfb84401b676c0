/** An order that may lag behind the wanted one, and how many entries would come, go or move if it caught up. */
export type HeldOrder = { readonly order: readonly string[]; readonly waiting: number }

/** Nothing moves under the hand: while `held` is given it stays as it is, and what waits is counted. */
export function holdOrder(held: readonly string[] | null, wanted: readonly string[]): HeldOrder {
  if (held === null || held === wanted) return { order: wanted, waiting: 0 }
  return { order: held, waiting: countChanges(held, wanted) }
}

/** How many entries are new, gone, or must move to turn one order into the other. */
export function countChanges(from: readonly string[], to: readonly string[]): number {
  const places = new Map(to.map((name, index) => [name, index]))
  const kept: number[] = []
  for (const name of from) {
    const place = places.get(name)
    if (place !== undefined) kept.push(place)
  }
  const gone = from.length - kept.length
  const fresh = to.length - kept.length
  return gone + fresh + (kept.length - longestRising(kept))
}

/** The length of the longest rising subsequence: those entries can stay where they are (patience sorting, n log n). */
function longestRising(values: readonly number[]): number {
  const tails: number[] = []
  for (const value of values) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((tails[middle] ?? Infinity) < value) low = middle + 1
      else high = middle
    }
    tails[low] = value
  }
  return tails.length
}
