/** How long something that began elsewhere is taken to be under way, ms. */
export const UNDER_WAY_MS = 60_000

/** What this server knows of what is under way. */
export type UnderWay = {
  /** this run of this server */
  readonly instance: string
  /** By `actionId`, what this server began and has not written the end of. */
  readonly own: ReadonlyMap<string, unknown>
  /** No other server writes to this database: what another run began is over. */
  readonly isAlone: boolean
}

type Began = { readonly actionId: string; readonly instance: string; readonly at: number }

/** Whether something without an outcome may still get one. Nothing is rewritten after a crash: who reads asks this. */
export function isUnderWay({ actionId, instance, at }: Began, known: UnderWay, now: number): boolean {
  if (instance === known.instance) return known.own.has(actionId)
  return !known.isAlone && at > now - UNDER_WAY_MS
}
