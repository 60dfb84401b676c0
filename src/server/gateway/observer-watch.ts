import type { ObserverStatus } from '#shared/contract/observer-status.ts'
import { Emitter, type Unsubscribe } from '#shared/lib/emitter.ts'

/** How often it is looked whether there is news, ms: it is told no more often. */
const LOOK_MS = 2000
/** Over how many looks something must be missed before it counts: a room that is exchanged for another is, for a moment. */
const LOOKS = 3
/** Which part of the slots is no news while rooms take turns. */
const EXCHANGED = 0.1

/** How the observers fare, as consoles are told it. */
export type ObserverWatch = {
  /** What was told last. */
  readonly status: () => ObserverStatus
  readonly changed: Emitter<ObserverStatus>
  readonly stop: Unsubscribe
}

/** Looks every two seconds, and tells only what is news: that rooms take turns moves the counts all the time. */
export function watchObservers(read: () => ObserverStatus): ObserverWatch {
  const changed = new Emitter<ObserverStatus>()
  let told = read()
  let looks: readonly ObserverStatus[] = [told]

  function look(): void {
    const newest = read()
    looks = [...looks, newest].slice(-LOOKS)
    const status = steady(newest, looks)
    if (!isNews(told, status)) return
    told = status
    changed.emit(told)
  }

  // Where nothing is observed that stays so.
  const timer = told.slots === 0 ? undefined : setInterval(look, LOOK_MS)
  timer?.unref()
  return { status: () => told, changed, stop: () => clearInterval(timer) }
}

/** What holds over these looks; of rooms that are gone nothing does. */
function steady(newest: ObserverStatus, looks: readonly ObserverStatus[]): ObserverStatus {
  return {
    ...newest,
    observed: Math.min(newest.rooms, Math.max(...looks.map(({ observed }) => observed))),
    withoutMedia: Math.min(newest.rooms, Math.max(...looks.map(({ withoutMedia }) => withoutMedia))),
    trouble: looks.findLast(({ trouble }) => trouble !== null)?.trouble ?? null,
  }
}

function isNews(told: ObserverStatus, now: ObserverStatus): boolean {
  if (now.rooms !== told.rooms || now.turnMs !== told.turnMs || now.trouble !== told.trouble) return true
  const slack = now.turnMs === 0 ? 0 : now.slots * EXCHANGED
  return isOther(told.observed, now.observed, slack) || isOther(told.withoutMedia, now.withoutMedia, slack)
}

/** The most that was seen is told; less only where it is less by more than `slack`, or nothing. */
function isOther(told: number, now: number, slack: number): boolean {
  return now > told || told - now > slack || (now === 0 && told > 0)
}
