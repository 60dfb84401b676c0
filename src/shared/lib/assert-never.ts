/** Closes a switch over a union: a case that was forgotten fails the type check, one that slips through at run time throws. */
export function assertNever(value: never, what = 'value'): never {
  throw new Error(`unexpected ${what}: ${JSON.stringify(value)}`)
}
