/** Stops a subscription; a second call does nothing. */
export type Unsubscribe = () => void

/** A typed event with any number of listeners, called in the order they subscribed. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>()

  subscribe(listener: (value: T) => void): Unsubscribe {
    const own = (value: T) => listener(value)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) listener(value)
  }

  get size(): number {
    return this.#listeners.size
  }
}
