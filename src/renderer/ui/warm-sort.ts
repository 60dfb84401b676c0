/**
 * A sort that starts from the order of its last call. Comparing names by locale is slow, and from one update to the next hardly any entry
 * moves: sorting what is nearly sorted takes about one comparison an entry. The result depends on the entries alone.
 */
export function createWarmSort<T>(compare: (a: T, b: T) => number): (entries: ReadonlyMap<string, T>) => readonly T[] {
  let last: readonly string[] = []
  return (entries) => {
    const rest = new Map(entries)
    const warm: (readonly [string, T])[] = []
    for (const key of last) {
      const value = rest.get(key)
      if (value === undefined) continue
      warm.push([key, value])
      rest.delete(key)
    }
    const sorted = [...warm, ...rest].toSorted((a, b) => compare(a[1], b[1]))
    last = sorted.map(([key]) => key)
    return sorted.map(([, value]) => value)
  }
}
