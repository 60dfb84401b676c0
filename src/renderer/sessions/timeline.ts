import type { WholeSession } from '#shared/contract/http-sessions.ts'

export type Span = { readonly from: number; readonly to: number }
export type Stay = WholeSession['stays'][number]

/** Everybody's stays, one line a person, in the order in which they first came. */
export type Line = { readonly identity: string; readonly name: string; readonly stays: readonly Stay[] }

export function groupStays(stays: readonly Stay[]): readonly Line[] {
  const byIdentity = Map.groupBy(stays, ({ identity }) => identity)
  return [...byIdentity]
    .map(([identity, own]) => {
      const ordered = own.toSorted((a, b) => a.joinedAt - b.joinedAt)
      return { identity, name: ordered.findLast(({ name }) => name.trim() !== '')?.name ?? identity, stays: ordered }
    })
    .toSorted((a, b) => (a.stays[0]?.joinedAt ?? 0) - (b.stays[0]?.joinedAt ?? 0))
}

/** What of these spans lies in one span. */
export function within(span: Span, parts: readonly Span[]): readonly Span[] {
  return parts.map(({ from, to }) => ({ from: Math.max(from, span.from), to: Math.min(to, span.to) })).filter(({ from, to }) => to > from)
}

/** Spans as an SVG path of bars in a box of 1000 by 10, over the time that a frame spans. */
export function pathOf(spans: readonly Span[], frame: Span): string {
  const length = frame.to - frame.from
  if (length <= 0) return ''
  return spans
    .map(({ from, to }) => {
      const left = clamp((1000 * (from - frame.from)) / length)
      const right = clamp((1000 * (to - frame.from)) / length)
      // Speech of a second in an hour would be less than a pixel: never thinner than can be seen.
      return `M${round(left)} 0H${round(Math.min(1000, Math.max(right, left + 1.2)))}V10H${round(left)}Z`
    })
    .join('')
}

/** How many were there over time, as the path of a staircase in a box of 1000 by 100; `peak` reaches its top. */
export function populationPath(points: readonly { readonly at: number; readonly online: number }[], frame: Span, peak: number): string {
  const length = frame.to - frame.from
  if (length <= 0 || points.length === 0) return ''
  const x = (at: number) => round(clamp((1000 * (at - frame.from)) / length))
  const y = (online: number) => round(100 - (100 * online) / Math.max(1, peak))
  const steps = points.map(({ at, online }) => `H${x(at)}V${y(online)}`).join('')
  return `M0 100${steps}H1000V100Z`
}

/** Moments (ms) on round times to write below a frame, at most about so many. */
export function ticksOf(frame: Span, most: number): readonly number[] {
  const step = steps.find((ms) => (frame.to - frame.from) / ms <= most) ?? DAY * Math.ceil((frame.to - frame.from) / DAY / most)
  // Round by the local clock: a day begins at midnight here.
  const offset = new Date(frame.from).getTimezoneOffset() * 60_000
  const first = Math.ceil((frame.from - offset) / step) * step + offset
  const ticks: number[] = []
  for (let at = first; at <= frame.to; at += step) ticks.push(at)
  return ticks
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const steps = [
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
]

/** The part of a frame that a moment is at, in per cent. */
export function percentOf(at: number, frame: Span): number {
  const length = frame.to - frame.from
  return length <= 0 ? 0 : round(Math.min(100, Math.max(0, (100 * (at - frame.from)) / length)))
}

function clamp(value: number): number {
  return Math.min(1000, Math.max(0, value))
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
