import type { AttentionSettings, AttentionThresholds } from '#shared/domain/attention.ts'

/** The rules that hold for one room. */
export type RoomRules = {
  readonly thresholds: AttentionThresholds
  /** Whether a pattern asks for this room's connections to be watched: then somebody has to observe it. */
  readonly asksForQuality: boolean
}

/** Reads the patterns once; what it answers looks a room's name up. A pattern is case-sensitive and means the whole name. */
export function thresholdsFor({ thresholds, patterns }: AttentionSettings): (room: string) => RoomRules {
  const others: RoomRules = { thresholds, asksForQuality: false }
  const own = patterns.map((pattern) => ({
    fits: readPattern(pattern.rooms),
    rules: { thresholds: merge(thresholds, pattern.thresholds), asksForQuality: pattern.thresholds.bad_connections?.on === true },
  }))
  return (room) => own.find(({ fits }) => fits(room))?.rules ?? others
}

function merge(all: AttentionThresholds, own: AttentionSettings['patterns'][number]['thresholds']): AttentionThresholds {
  return {
    bad_connections: own.bad_connections ?? all.bad_connections,
    banned_attempt: own.banned_attempt ?? all.banned_attempt,
    measure_evaded: own.measure_evaded ?? all.measure_evaded,
    join_burst: own.join_burst ?? all.join_burst,
    alone: own.alone ?? all.alone,
    unconfirmed: own.unconfirmed ?? all.unconfirmed,
  }
}

/** No regular expression: names come from anybody, and each part is looked for once, from left to right. */
function readPattern(pattern: string): (room: string) => boolean {
  const [start = '', ...parts] = pattern.split('*')
  const end = parts.pop()
  if (end === undefined) return (room) => room === pattern
  return (room) => {
    if (!room.startsWith(start) || !room.endsWith(end)) return false
    let from = start.length
    for (const part of parts) {
      const at = room.indexOf(part, from)
      if (at < 0) return false
      from = at + part.length
    }
    // The parts may not overlap with the end.
    return from <= room.length - end.length
  }
}
