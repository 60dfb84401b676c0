import { z } from 'zod'
import type { Action, ActionType } from './action.ts'
import type { Measure } from './measure.ts'

export const roleSchema = z.enum(['viewer', 'support', 'moderator', 'admin'])
export type Role = z.infer<typeof roleSchema>

/** Somebody who may use the sync server. `service` is another backend: only the routes marked so. */
export const operatorSchema = z.object({ name: z.string(), role: z.enum([...roleSchema.options, 'service']) })
export type Operator = Readonly<z.infer<typeof operatorSchema>>

/** What can be asked for that not everybody may. */
export type Capability =
  | 'look'
  | 'read_participants'
  | 'read_sessions'
  | 'read_people'
  | 'write_notes'
  | 'invite'
  | 'erase_people'
  | 'read_measures'
  | 'check_measures'
  | 'read_audit'
  | 'observe_signals'
  | 'control_sync'
  | 'manage_operators'
  | 'change_settings'
  | 'broadcast'
  | 'issue_tokens'
  | 'read_metrics'
  | ActionType

const everyone = ['viewer', 'support', 'moderator', 'admin'] as const
const fromSupport = ['support', 'moderator', 'admin'] as const
const fromModerator = ['moderator', 'admin'] as const

/** "Who may" of the contract. A service may do what names it and nothing else; an admin may do everything. */
const whoMay = {
  look: everyone,
  read_participants: [...everyone, 'service'],
  read_sessions: fromSupport,
  read_people: fromSupport,
  write_notes: fromSupport,
  invite: fromSupport,
  erase_people: ['admin'],
  read_measures: [...fromSupport, 'service'],
  check_measures: [...fromSupport, 'service'],
  read_audit: fromModerator,
  observe_signals: everyone,
  control_sync: ['admin'],
  manage_operators: ['admin'],
  change_settings: ['admin'],
  broadcast: ['admin', 'service'],
  issue_tokens: ['admin', 'service'],
  read_metrics: ['admin', 'service'],
  mute_track: fromSupport,
  mute: fromSupport,
  send_message: fromSupport,
  deny_sources: fromSupport,
  edit_measure: fromSupport,
  lift: fromSupport,
  unmute: fromModerator,
  mute_all: fromModerator,
  remove: fromModerator,
  set_permissions: fromModerator,
  grant_sources: fromModerator,
  set_role: fromModerator,
  set_metadata: fromModerator,
  close_room: fromModerator,
  ban: fromModerator,
  lock: fromModerator,
} as const satisfies Record<Capability, readonly Operator['role'][]>

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** How much longer than the limit a time may be, ms: the clock of who chose it is not the server's. */
const CLOCK_MS = 60_000

/** How long what stays in force may hold, ms: for who is not free to choose. */
const longest = { support: { deny_sources: HOUR_MS, words: 'an hour' }, moderator: { ban: 30 * DAY_MS, words: '30 days' } } as const

/** Whether this operator may do this. */
export function may(operator: Operator, capability: Capability): boolean {
  const roles: readonly Operator['role'][] = whoMay[capability]
  return roles.includes(operator.role)
}

/** Why this operator may not do just this, in plain words, or null. What depends on a measure that is changed or lifted is `whyNotMeasure`'s to say. */
export function whyNot(operator: Operator, action: Action, now: number): string | null {
  if (!may(operator, action.type)) return `the role ${operator.role} may not do that`
  if (action.type !== 'ban' && action.type !== 'deny_sources') return null
  return whyTooLong(operator, action.type, action.until, now)
}

/** Why this operator may not change or lift this measure, or null; `until`: to when they would change it. */
export function whyNotMeasure(operator: Operator, measure: Measure, until: number | null | undefined, now: number): string | null {
  if (operator.role === 'support' && measure.by !== operator.name)
    return `${measure.by} imposed it: the role support may change its own only`
  if (until === undefined) return null
  const isShorter = until !== null && (measure.until === null || until <= measure.until)
  if (isShorter && whyTooLong(operator, measure.kind, until, now) === null) return null
  if (!may(operator, imposing[measure.kind])) return `the role ${operator.role} may make that shorter only`
  // From then on, or it could be made longer and longer in steps.
  const why = whyTooLong(operator, measure.kind, until, measure.at)
  return why === null ? null : `${why}, counted from when it was imposed`
}

/** What imposes each kind of measure. */
const imposing = { ban: 'ban', deny_sources: 'deny_sources', lock: 'lock', close: 'close_room' } as const satisfies Record<
  Measure['kind'],
  ActionType
>

function whyTooLong(operator: Operator, kind: Measure['kind'], until: number | null, from: number): string | null {
  const limit = longestOf(operator, kind)
  if (limit === null) return null
  if (until !== null && until <= from + limit.ms + CLOCK_MS) return null
  return `the role ${operator.role} may do that for ${limit.words} at the most`
}

/** The longest that an operator may impose such a measure for, ms, and in words; null: for as long as they like. */
export function longestOf(operator: Operator, kind: Measure['kind']): { readonly ms: number; readonly words: string } | null {
  if (operator.role === 'support' && kind === 'deny_sources') return { ms: longest.support.deny_sources, words: longest.support.words }
  if (operator.role === 'moderator' && kind === 'ban') return { ms: longest.moderator.ban, words: longest.moderator.words }
  return null
}
