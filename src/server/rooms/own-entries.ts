import { randomUUID } from 'node:crypto'

/** How many entries are remembered that were not read back: those of writes that failed without a word may come late, or never. */
const SIZE = 10_000

/** What this instance adds to the log. It need not read its own words: it knows them by their mark. */
export type OwnEntries<T> = {
  /** Remembers what is to be written, and answers with the mark to write beside it. */
  readonly mark: (body: T) => string
  /** Whether `take` would tell. */
  readonly has: (mark: string) => boolean
  /** What was written under a mark of this instance; told once. */
  readonly take: (mark: string) => T | undefined
  /** Forgets what was not written after all. */
  readonly forget: (mark: string) => void
}

type Entry<T> = { readonly serial: number; readonly body: T }

export function createOwnEntries<T>(): OwnEntries<T> {
  const instance = `${randomUUID().slice(0, 8)}.`
  // A ring, and no map: the tables that a map leaves behind as it gains and loses would keep what they held until a full collection.
  const ring = Array.from<Entry<T> | undefined>({ length: SIZE })
  let serial = 0

  function find(mark: string): Entry<T> | undefined {
    if (!mark.startsWith(instance)) return undefined
    const asked = Number(mark.slice(instance.length))
    const entry = ring[asked % SIZE]
    return entry?.serial === asked ? entry : undefined
  }

  function take(mark: string): T | undefined {
    const entry = find(mark)
    if (entry) ring[entry.serial % SIZE] = undefined
    return entry?.body
  }

  return {
    mark(body) {
      serial += 1
      ring[serial % SIZE] = { serial, body }
      return `${instance}${serial}`
    },
    has: (mark) => find(mark) !== undefined,
    take,
    forget: (mark) => void take(mark),
  }
}
