/** The UTC day of a time (ms), as in `2026-01-31`. */
export function utcDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** The month of such a day, as in `2026-01`. */
export function monthOf(day: string): string {
  return day.slice(0, 7)
}
