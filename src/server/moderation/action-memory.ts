import type { ActionResult } from '#shared/domain/action.ts'

/** How long a result is remembered, ms, and how many at the most. */
const MEMORY_MS = 10 * 60_000
const MEMORY_SIZE = 10_000

/** Results by action id, so that an action that is sent twice is done once. It is this instance's own. */
export function createActionMemory(now: () => number): {
  once: (actionId: string, act: () => Promise<ActionResult>) => Promise<ActionResult>
} {
  const results = new Map<string, { readonly at: number; readonly result: Promise<ActionResult> }>()

  function forgetOld(): void {
    for (const [actionId, { at }] of results) {
      if (at > now() - MEMORY_MS && results.size < MEMORY_SIZE) break
      results.delete(actionId)
    }
  }

  return {
    once(actionId, act) {
      const known = results.get(actionId)
      if (known) return known.result
      forgetOld()
      const result = act()
      results.set(actionId, { at: now(), result })
      return result
    },
  }
}
