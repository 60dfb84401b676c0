/** A stream of numbers in [0, 1) that a seed fixes (mulberry32). */
export type Random = () => number

export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A whole number of ms between two numbers of seconds. */
export function between(random: Random, [from, to]: readonly [number, number]): number {
  return Math.round((from + (to - from) * random()) * 1000)
}

export function pick<T>(random: Random, choices: readonly T[]): T | null {
  return choices[Math.floor(random() * choices.length)] ?? null
}
