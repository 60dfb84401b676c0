import { z } from 'zod'
import type { ActionType } from './action.ts'

export const roleSchema = z.enum(['viewer', 'support', 'moderator', 'admin'])
export type Role = z.infer<typeof roleSchema>

/** Somebody who may use the sync server. `service` is another backend: only the routes marked so. */
export const operatorSchema = z.object({ name: z.string(), role: z.enum([...roleSchema.options, 'service']) })
export type Operator = Readonly<z.infer<typeof operatorSchema>>

/** What can be asked for that not everybody may. */
export type Capability =
  | 'look'
  | 'read_participants'
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
  observe_signals: everyone,
  control_sync: ['admin'],
  manage_operators: ['admin'],
  change_settings: ['admin'],
  broadcast: ['admin', 'service'],
  issue_tokens: ['admin', 'service'],
  read_metrics: ['admin', 'service'],
  mute_track: fromSupport,
  mute: fromSupport,
  remove: fromModerator,
} as const satisfies Record<Capability, readonly Operator['role'][]>

/** Whether this operator may do this. */
export function may(operator: Operator, capability: Capability): boolean {
  const roles: readonly Operator['role'][] = whoMay[capability]
  return roles.includes(operator.role)
}
