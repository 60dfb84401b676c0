import { randomUUID } from 'node:crypto'

/** How many entries are remembered that were not read back: those of writes that failed without a word may come late, or never. */
const SIZE = 10_000

/** What this instance adds to the log. It need not read its own words: it knows them by their mark. */
export type OwnEntries<T> = {
  /** Remembers what is to be written, and answers with the mark to write beside it. */
  readonly mark: (body: T) => string
  /** What was written under a mark of this instance; told once. */
  readonly take: (mark: string) => T | undefined
  /** Forgets what was not written after all. */
  readonly forget: (mark: string) => void
}

export function createOwnEntries<T>(): OwnEntries<T> {
  const instance = randomUUID().slice(0, 8)
  const bodies = new Map<string, T>()
  let serial = 0
  return {
    mark(body) {
      serial += 1
      const mark = `${instance}.${serial}`
      bodies.set(mark, body)
      if (bodies.size > SIZE) for (const oldest of bodies.keys()) if (bodies.delete(oldest)) break
      return mark
    },
    take(mark) {
      const body = bodies.get(mark)
      bodies.delete(mark)
      return body
    },
    forget: (mark) => void bodies.delete(mark),
  }
}
