/**
 * A sort that starts from its last result: what is the same object as then is in order already, so only what changed is compared. Comparing
 * names by locale is slow, and from one update to the next hardly any entry changes. `compare` must never call two entries equal: then the
 * result depends on the entries alone.
 */
export function createWarmSort<T>(compare: (a: T, b: T) => number): (entries: ReadonlyMap<string, T>) => readonly T[] {
  let known: ReadonlyMap<string, T> = new Map()
  let sorted: readonly T[] = []
  return (entries) => {
    const stays = new Set<T>()
    const changed: T[] = []
    for (const [key, value] of entries)
      if (known.get(key) === value) stays.add(value)
      else changed.push(value)
    const kept = stays.size === sorted.length ? sorted : sorted.filter((value) => stays.has(value))
    sorted = changed.length === 0 ? kept : merge(kept, changed.toSorted(compare), compare)
    known = entries
    return sorted
  }
}

/** Two sorted lists as one; fast where the second is short. */
function merge<T>(long: readonly T[], short: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  const merged: T[] = []
  let from = 0
  for (const value of short) {
    const place = findPlace(long, value, from, compare)
    for (const earlier of long.slice(from, place)) merged.push(earlier)
    merged.push(value)
    from = place
  }
  return merged.concat(long.slice(from))
}

/** Where a value belongs in a sorted list, at or after `from`. */
function findPlace<T>(sorted: readonly T[], value: T, from: number, compare: (a: T, b: T) => number): number {
  let low = from
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const at = sorted[middle]
    if (at !== undefined && compare(at, value) < 0) low = middle + 1
    else high = middle
  }
  return low
}
