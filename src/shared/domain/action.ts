import { z } from 'zod'
import { errorCodeSchema, errorDetailSchema, failureSchema } from './failure.ts'
import { publishSourceSchema } from './participant.ts'

const name = z.string().min(1).max(512)

const common = {
  actionId: z.uuid(),
  room: name,
  reason: z.string().trim().max(500).optional(),
  expect: z.object({ participantSid: z.string().optional(), roomSid: z.string().optional() }).optional(),
}
const reason = z.string().trim().min(1, 'a reason is needed').max(500)

/** What an operator can ask the sync server to do. `expect` names whom or what it meant: a mismatch does nothing. */
export const actionSchema = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal('mute_track'), identity: name, trackSid: z.string().min(1) }),
  z.object({ ...common, type: z.literal('mute'), identity: name, sources: z.array(publishSourceSchema).min(1) }),
  z.object({ ...common, type: z.literal('remove'), identity: name, reason }),
])
export type Action = Readonly<z.infer<typeof actionSchema>>
export type ActionType = Action['type']

/** Types of the contract that this server does not take yet: they are answered `unsupported`, not `invalid`. */
export const laterActionTypeSchema = z.enum([
  'unmute',
  'mute_all',
  'set_permissions',
  'grant_sources',
  'set_role',
  'set_metadata',
  'send_message',
  'close_room',
  'ban',
  'deny_sources',
  'lock',
  'edit_measure',
  'lift',
])

export const targetResultSchema = z.object({
  identity: z.string(),
  ok: z.boolean(),
  code: errorCodeSchema.optional(),
  detail: errorDetailSchema.optional(),
  message: z.string().optional(),
})
export type TargetResult = Readonly<z.infer<typeof targetResultSchema>>

/** What became of an action: taken up, with a result per target, or refused whole. */
export const actionResultSchema = z.union([
  z.object({ ok: z.literal(true), actionId: z.string(), at: z.number(), targets: z.array(targetResultSchema) }),
  failureSchema.extend({ actionId: z.string() }),
])
export type ActionResult = Readonly<z.infer<typeof actionResultSchema>>

/** An action on its way, as the console shows it beside the facts. It is never written as a fact. */
export const pendingActionSchema = z.object({
  action: actionSchema,
  startedAt: z.number(),
  outcome: z.discriminatedUnion('state', [
    z.object({ state: z.literal('pending') }),
    z.object({ state: z.literal('done'), at: z.number() }),
    z.object({
      state: z.literal('failed'),
      at: z.number(),
      code: errorCodeSchema,
      detail: errorDetailSchema.optional(),
      message: z.string(),
    }),
  ]),
})
export type PendingAction = Readonly<z.infer<typeof pendingActionSchema>>
