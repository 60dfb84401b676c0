const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long something runs, from milliseconds: `0:07`, `12:34`, `3:04:05`, `2 d 4 h`. What lies in the future counts as now. */
export function formatRunning(elapsed: number): string {
  const ms = Math.max(0, elapsed)
  if (ms >= DAY) return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`
  const hours = Math.floor(ms / HOUR)
  const minutes = Math.floor((ms % HOUR) / MINUTE)
  const seconds = pad(Math.floor((ms % MINUTE) / SECOND))
  return hours > 0 ? `${hours}:${pad(minutes)}:${seconds}` : `${minutes}:${seconds}`
}

/** How long something runs, from milliseconds, for where many are seen at once: `40 s`, `12 min`, `3 h 04`, `2 d 4 h`. */
export function formatSpan(elapsed: number): string {
  const ms = Math.max(0, elapsed)
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${pad(Math.floor((ms % HOUR) / MINUTE))}`
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`
}

/** How long ago, from milliseconds, in one unit: `now`, `10 s`, `4 min`, `3 h`, `2 d`. Seconds go in fives: a wall of them must not flicker. */
export function formatAge(elapsed: number): string {
  if (elapsed < 5 * SECOND) return 'now'
  if (elapsed < MINUTE) return `${Math.floor(elapsed / (5 * SECOND)) * 5} s`
  if (elapsed < HOUR) return `${Math.floor(elapsed / MINUTE)} min`
  if (elapsed < DAY) return `${Math.floor(elapsed / HOUR)} h`
  return `${Math.floor(elapsed / DAY)} d`
}

const count = new Intl.NumberFormat()

/** A whole number as people read it: `1,234`. */
export function formatCount(value: number): string {
  return count.format(value)
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
const shortClock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** The local time of day of a moment (ms), with seconds. */
export function formatTime(at: number): string {
  return clock.format(at)
}

/** The local time of day of a moment (ms), without seconds. */
export function formatShortTime(at: number): string {
  return shortClock.format(at)
}

const moment = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

const dayFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })

/** A moment (ms) on an axis of time: the local time of day, and at midnight the day that begins. */
export function formatTick(at: number): string {
  const time = new Date(at)
  return time.getHours() === 0 && time.getMinutes() === 0 ? dayFormat.format(at) : formatShortTime(at)
}

/** The local day and time of a moment (ms), for what may be long ago or far off. */
export function formatMoment(at: number): string {
  return moment.format(at)
}

/** The same text with the moments in it that a server wrote (`2026-05-04T10:11:12.345Z`) as local ones. */
export function withLocalTimes(words: string): string {
  return words.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\b/g, (iso) => formatMoment(Date.parse(iso)))
}

/** A moment (ms) as a field for day and time takes it, local: `2026-05-04T10:11`. */
export function formatField(at: number): string {
  const local = new Date(at)
  const day = [local.getFullYear(), pad(local.getMonth() + 1), pad(local.getDate())].join('-')
  return `${day}T${pad(local.getHours())}:${pad(local.getMinutes())}`
}

/** The moment (ms) that such a field names; null where it names none. */
export function readField(field: string): number | null {
  const at = new Date(field).getTime()
  return field === '' || Number.isNaN(at) ? null : at
}

/** A moment (ms) in UTC, for a hover: `2026-05-04 10:11:12 UTC`. */
export function formatUtc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

const segmenter = new Intl.Segmenter()

/** One or two letters that stand for a name: the first of its first and of its last word, emoji and other scripts whole. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s._@/-]+/u)
    .filter((word) => word !== '')
  const first = firstLetter(words[0] ?? '')
  const last = words.length > 1 ? firstLetter(words.at(-1) ?? '') : ''
  return (first + last).toLocaleUpperCase() || '?'
}

/** A colour for a person, the same every time: a hue of 0 to 359. */
export function hueOf(identity: string): number {
  // FNV-1a, then a step of the golden angle, so that `user-1` and `user-2` don't look alike.
  let hash = 0x811c9dc5
  for (const letter of identity) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return Math.floor((hash * 137.508) % 360)
}

function firstLetter(word: string): string {
  for (const { segment } of segmenter.segment(word)) return segment
  return ''
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
