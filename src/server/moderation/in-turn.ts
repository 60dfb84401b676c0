/** Lets what is done to one and the same thing wait for each other, in order; different things don't wait. Nothing is kept of what is over. */
export function createTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return (key, work) => {
    const before = last.get(key)
    const turn = before ? before.then(work, work) : work()
    last.set(key, turn)
    const over = () => {
      if (last.get(key) === turn) last.delete(key)
    }
    turn.then(over, over)
    return turn
  }
}
