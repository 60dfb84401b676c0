import { randomInt } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'

/** An id as LiveKit makes them: a prefix that tells what it names, then twelve letters and digits. */
export function makeId(prefix: 'RM' | 'PA' | 'TR' | 'EV'): string {
  let id = `${prefix}_`
  for (let index = 0; index < 12; index += 1) id += ALPHABET.charAt(randomInt(ALPHABET.length))
  return id
}
