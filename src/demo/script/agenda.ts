type Entry = { readonly at: number; readonly run: (at: number) => void }

/** What is to happen when, in ms from the start; what is due at the same time happens in the order it was planned. */
export class Agenda {
  readonly #entries: Entry[] = []

  plan(at: number, run: (at: number) => void): void {
    const after = this.#entries.findLastIndex((other) => other.at <= at)
    this.#entries.splice(after + 1, 0, { at, run })
  }

  /** When the next entry is due; `Infinity` when nothing is planned. */
  nextAt(): number {
    return this.#entries[0]?.at ?? Infinity
  }

  /** Runs everything that is due by then, also what that plans itself. */
  runUntil(at: number): void {
    for (let entry = this.#entries[0]; entry && entry.at <= at; entry = this.#entries[0]) {
      this.#entries.shift()
      entry.run(entry.at)
    }
  }
}
