/** From how many entries on a search looks them up instead of walking over their hashes; a walk costs less memory. */
const INDEX_FROM = 300
/** How much of a shared list may be what was dropped: so much, and half of what is kept. */
const SLACK = 64

type Shared<V> = { readonly keys: string[]; readonly hashes: number[]; readonly values: V[]; index: Map<string, number> | null }

/**
 * Keys with a value each, oldest first, as an immutable value. What it is for is a long list of which each step adds something at one end and
 * drops something at the other: the steps share one list, of which each sees its own part, so that a step costs what it adds.
 */
export class RecentEntries<V> implements Iterable<readonly [key: string, value: V]> {
  readonly #shared: Shared<V>
  readonly #start: number
  readonly #end: number

  private constructor(shared: Shared<V>, start: number, end: number) {
    this.#shared = shared
    this.#start = start
    this.#end = end
  }

  /** `entries`, oldest first; a key that comes twice counts where it came first. */
  static of<V>(entries: Iterable<readonly [string, V]> = []): RecentEntries<V> {
    const keys = new Map<string, V>()
    for (const [key, value] of entries) if (!keys.has(key)) keys.set(key, value)
    const shared = { keys: [...keys.keys()], hashes: Array.from(keys.keys(), hashOf), values: [...keys.values()], index: null }
    return new RecentEntries(shared, 0, keys.size)
  }

  get size(): number {
    return this.#end - this.#start
  }

  has(key: string): boolean {
    return this.#find(key) >= 0
  }

  /** The first key; undefined where there is none. */
  get oldest(): string | undefined {
    return this.size > 0 ? this.#shared.keys[this.#start] : undefined
  }

  *[Symbol.iterator](): Generator<readonly [string, V]> {
    for (let at = this.#start; at < this.#end; at += 1) yield this.#at(at)
  }

  /** These without some and with others, which come last. What is dropped is dropped fastest from the front. */
  edited(add: readonly (readonly [string, V])[], drop: readonly string[]): RecentEntries<V> {
    if (add.length === 0 && drop.length === 0) return this
    const { keys, values } = this.#shared
    let start = this.#start
    for (const key of drop) if (start < this.#end && keys[start] === key) start += 1
    const dropped = start - this.#start === drop.length
    // Whoever is not the newest, or would leave more behind than it keeps, goes on with a list of its own.
    const shares = dropped && this.#end > 0 && this.#end === keys.length && start <= SLACK + (this.#end - start) / 2
    if (!shares || add.some(([key]) => this.#find(key, 0) >= 0)) return this.#rebuilt(add, drop)
    for (const [key, value] of add) {
      this.#shared.index?.set(key, keys.length)
      keys.push(key)
      this.#shared.hashes.push(hashOf(key))
      values.push(value)
    }
    return new RecentEntries(this.#shared, start, keys.length)
  }

  #rebuilt(add: readonly (readonly [string, V])[], drop: readonly string[]): RecentEntries<V> {
    const gone = new Set(drop)
    return RecentEntries.of([...this, ...add].filter(([key]) => !gone.has(key)))
  }

  #at(at: number): readonly [string, V] {
    // Every place of the shared list has a key and a value.
    return [this.#shared.keys[at], this.#shared.values[at]] as readonly [string, V]
  }

  /** Where a key is, from a place on; -1 where it is not. */
  #find(key: string, from = this.#start): number {
    const { keys, hashes } = this.#shared
    if (keys.length < INDEX_FROM) {
      const hash = hashOf(key)
      for (let at = this.#end - 1; at >= from; at -= 1) if (hashes[at] === hash && keys[at] === key) return at
      return -1
    }
    this.#shared.index ??= new Map(keys.map((each, at) => [each, at]))
    const at = this.#shared.index.get(key) ?? -1
    return at >= from && at < this.#end ? at : -1
  }
}

/** Differs mostly where keys do: LiveKit's ids and sids are random at their end. */
function hashOf(key: string): number {
  let hash = key.length
  for (let at = Math.max(0, key.length - 6); at < key.length; at += 1) hash = (hash * 31 + key.charCodeAt(at)) & 0x3f_ff_ff_ff
  return hash
}
