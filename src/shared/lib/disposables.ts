/** Something that holds a resource until `dispose` is called; a second call does nothing. */
export type Disposable = { dispose(): void }

/** Collects what a scope has created, and lets go of it in reverse order. What is added after `dispose` is let go of at once. */
export class Disposables implements Disposable {
  #releases: (() => void)[] = []
  #disposed = false

  add(...releases: readonly (Disposable | (() => void))[]): void {
    for (const release of releases) {
      const run = typeof release === 'function' ? release : () => release.dispose()
      if (this.#disposed) run()
      else this.#releases.push(run)
    }
  }

  dispose(): void {
    this.#disposed = true
    for (const release of this.#releases.splice(0).toReversed()) release()
  }
}
