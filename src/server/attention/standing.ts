import type { AttentionMark, AttentionRule } from '#shared/domain/attention.ts'

/** For how long a cause must be gone before its mark goes, ms. LiveKit tells of quality every 5 s, so one good telling among bad ones changes nothing. */
export const CALM_MS = 10_000

/**
 * What a rule finds in a room at one moment; times in ms. `holds`: the room is to have the mark, for what is so since `since`. `lingers`: it makes no
 * mark, and keeps one that is there. `gone`: there is no cause, and was none since `at`. `next`: when that may change though nothing happens;
 * null: never.
 */
export type Finding =
  | { readonly kind: 'holds'; readonly since: number; readonly why: string; readonly next: number | null }
  | { readonly kind: 'lingers'; readonly why: string; readonly next: number | null }
  | { readonly kind: 'gone'; readonly at: number; readonly next: number | null }

/** How a rule stands in a room: its mark, when that came or went, and since when a mark that is there has no cause. */
export type Standing = { readonly mark: AttentionMark | null; readonly turnedAt: number; readonly goneSince: number | null }

/**
 * How steady each rule's mark is, ms: it goes after so much calm, and comes back after so much rest. What lasts can wait for that; what happens is told at
 * once, and the marks of attempts last for as long as their thresholds say.
 */
const steadiness = {
  bad_connections: { calm: CALM_MS, rest: CALM_MS },
  banned_attempt: { calm: 0, rest: 0 },
  measure_evaded: { calm: 0, rest: 0 },
  join_burst: { calm: CALM_MS, rest: 0 },
  alone: { calm: CALM_MS, rest: CALM_MS },
  unconfirmed: { calm: CALM_MS, rest: CALM_MS },
} as const satisfies Record<AttentionRule, { readonly calm: number; readonly rest: number }>

/**
 * How a rule stands after what it found: `standing` is undefined where there is nothing to remember. A mark keeps the `since` that it came with. `due`: when to
 * look again though nothing happens, ms.
 */
export function settle(
  rule: AttentionRule,
  standing: Standing | undefined,
  finding: Finding,
  now: number,
): { readonly standing: Standing | undefined; readonly due: number | null } {
  const { calm, rest } = steadiness[rule]
  if (standing?.mark) {
    const { mark, turnedAt } = standing
    if (finding.kind !== 'gone') {
      const told = mark.why === finding.why ? mark : { ...mark, why: finding.why }
      return { standing: { mark: told, turnedAt, goneSince: null }, due: finding.next }
    }
    const goneSince = standing.goneSince ?? finding.at
    const goes = Math.max(goneSince, turnedAt) + calm
    if (now < goes) return { standing: { mark, turnedAt, goneSince }, due: earliest(goes, finding.next) }
    return { standing: { mark: null, turnedAt: now, goneSince: null }, due: finding.next }
  }
  const rested = standing ? standing.turnedAt + rest : now
  const resting = now < rested ? standing : undefined
  if (finding.kind !== 'holds') return { standing: resting, due: finding.next }
  if (resting) return { standing: resting, due: earliest(rested, finding.next) }
  const { since, why } = finding
  return { standing: { mark: { rule, since, why }, turnedAt: now, goneSince: null }, due: finding.next }
}

export function earliest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.min(one, other)
}
