import { describe, expect, it } from 'vitest'
import { may, type Capability, type Operator } from './operator.ts'

/** viewer, support, moderator, admin, service */
const table = {
  look: [true, true, true, true, false],
  read_participants: [true, true, true, true, true],
  observe_signals: [true, true, true, true, false],
  control_sync: [false, false, false, true, false],
  manage_operators: [false, false, false, true, false],
  change_settings: [false, false, false, true, false],
  broadcast: [false, false, false, true, true],
  issue_tokens: [false, false, false, true, true],
  read_metrics: [false, false, false, true, true],
  mute_track: [false, true, true, true, false],
  mute: [false, true, true, true, false],
  remove: [false, false, true, true, false],
} as const satisfies Record<Capability, readonly boolean[]>

const roles = ['viewer', 'support', 'moderator', 'admin', 'service'] as const satisfies readonly Operator['role'][]

describe('D7 who may', () => {
  const entries = Object.entries(table).flatMap(([capability, allowed]) =>
    roles.map((role, index) => [capability, role, allowed[index]] as const),
  )
  it.each(entries)('%s as %s: %s', (capability, role, allowed) => {
    // The keys of the table are capabilities.
    expect(may({ name: 'a', role }, capability as Capability)).toBe(allowed)
  })
})
