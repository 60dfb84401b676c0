import { z } from 'zod'
import type { ActionType } from './action.ts'

export const roleSchema = z.enum(['viewer', 'support', 'moderator', 'admin'])
export type Role = z.infer<typeof roleSchema>

/** Somebody who may use the sync server. `service` is another backend: only the routes marked so. */
export const operatorSchema = z.object({ name: z.string(), role: z.enum([...roleSchema.options, 'service']) })
export type Operator = Readonly<z.infer<typeof operatorSchema>>

/** What can be asked for, beside the actions, that not everybody may. */
export type Capability = 'look' | 'observe_signals' | ActionType

const ranks = { viewer: 1, support: 2, moderator: 3, admin: 4 } as const satisfies Record<Role, number>

/** "Who may" of the contract: the least role for each capability. */
const leastRole = {
  look: 'viewer',
  observe_signals: 'viewer',
  mute_track: 'support',
  mute: 'support',
  remove: 'moderator',
} as const satisfies Record<Capability, Role>

/** Whether this operator may do this. A service may do none of it: its routes ask for it by name. */
export function may(operator: Operator, capability: Capability): boolean {
  if (operator.role === 'service') return false
  return ranks[operator.role] >= ranks[leastRole[capability]]
}
