import { z } from 'zod'
import { errorCodeSchema, errorDetailSchema, failureSchema } from './failure.ts'
import { exceptSchema, measureScopeSchema } from './measure.ts'
import { permissionsSchema, publishSourceSchema } from './participant.ts'

/** How many people one action can name. */
const TARGETS_MAX = 5000
/** How long a message may be, characters; LiveKit refuses data packets of more than 64 kB. */
export const MESSAGE_MAX = 4000
/** How long metadata may be, characters. */
const METADATA_MAX = 32_768

const name = z.string().min(1).max(512)
const reason = z.string().trim().min(1, 'a reason is needed').max(500)
const until = z.number().int().positive().max(8.64e15).nullable()
const sources = z.array(publishSourceSchema).min(1)

const common = {
  actionId: z.uuid(),
  room: name,
  reason: z.string().trim().max(500).optional(),
  /** Whom or what it meant: a mismatch does nothing. `participantSids`: by identity, for several people. */
  expect: z
    .object({
      participantSid: z.string().optional(),
      participantSids: z.record(z.string(), z.string()).optional(),
      roomSid: z.string().optional(),
    })
    .optional(),
}
/** Whom it is about: one person, or several. */
const whom = { identity: name.optional(), identities: z.array(name).min(1).max(TARGETS_MAX).optional() }
const needsReason = { reason }
const anyRoom = { room: name.optional() }

const actionUnion = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal('mute_track'), identity: name, trackSid: z.string().min(1) }),
  z.object({ ...common, ...whom, type: z.literal('mute'), sources }),
  z.object({ ...common, ...whom, type: z.literal('unmute'), sources }),
  /** Without `sources`: the microphone. */
  z.object({ ...common, type: z.literal('mute_all'), sources: sources.optional(), except: exceptSchema.optional() }),
  z.object({ ...common, ...whom, ...needsReason, type: z.literal('remove') }),
  /** What is left out stays as it is. */
  z.object({ ...common, ...whom, type: z.literal('set_permissions'), permissions: permissionsSchema.partial() }),
  z.object({ ...common, ...whom, type: z.literal('grant_sources'), sources }),
  z.object({ ...common, ...whom, type: z.literal('set_role'), role: z.string().trim().min(1).max(64) }),
  /** Without a person: the room's. */
  z.object({ ...common, ...whom, type: z.literal('set_metadata'), metadata: z.string().max(METADATA_MAX) }),
  /** Without a person: to everybody in the room. */
  z.object({ ...common, ...whom, type: z.literal('send_message'), text: z.string().trim().min(1).max(MESSAGE_MAX) }),
  /** With `until` nobody can come back before that. */
  z.object({ ...common, ...needsReason, type: z.literal('close_room'), until: until.optional() }),
  z.object({ ...common, ...whom, ...anyRoom, ...needsReason, type: z.literal('ban'), scope: measureScopeSchema, until }),
  z.object({ ...common, ...whom, ...anyRoom, ...needsReason, type: z.literal('deny_sources'), scope: measureScopeSchema, sources, until }),
  z.object({ ...common, ...needsReason, type: z.literal('lock'), sources, except: exceptSchema.optional(), until }),
  z.object({
    ...common,
    ...anyRoom,
    ...needsReason,
    type: z.literal('edit_measure'),
    measureId: z.string().min(1).max(64),
    revision: z.number().int(),
    until: until.optional(),
  }),
  z.object({ ...common, ...anyRoom, type: z.literal('lift'), measureId: z.string().min(1).max(64) }),
])

export type Action = Readonly<z.infer<typeof actionUnion>>
export type ActionType = Action['type']
/** An action of one type, or of some. */
export type ActionOf<T extends ActionType> = Extract<Action, { readonly type: T }>

/** Every type of action. */
export const actionTypeSchema = z.enum(actionUnion.options.map(({ shape }) => shape.type.value))

/** Types that are about people whom they must name; `set_metadata` and `send_message` are about the room where they name none. */
const peopleNeeded: ReadonlySet<ActionType> = new Set([
  'mute',
  'unmute',
  'remove',
  'set_permissions',
  'grant_sources',
  'set_role',
  'ban',
  'deny_sources',
])

/** What an operator can ask the sync server to do. `expect` names whom or what it meant: a mismatch does nothing. */
export const actionSchema = actionUnion.superRefine((action, context) => {
  const complain = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  const named = namedBy(action)
  if (named.identity !== undefined && named.identities !== undefined) complain('identities', 'name one person or several, not both')
  if (named.identity === undefined && named.identities === undefined && peopleNeeded.has(action.type)) complain('identity', 'say whom')
  if ('scope' in action && action.scope === 'room' && action.room === undefined) complain('room', 'say which room')
  if ('except' in action && (action.except?.identities?.length ?? 0) + (action.except?.roles?.length ?? 0) > TARGETS_MAX)
    complain('except', `leave out ${TARGETS_MAX} at the most`)
  if (action.type === 'set_permissions' && Object.keys(action.permissions).length === 0) complain('permissions', 'say what is to change')
})

function namedBy(action: Action): { readonly identity?: string | undefined; readonly identities?: readonly string[] | undefined } {
  return 'identity' in action || 'identities' in action ? action : {}
}

/** Whom an action names, each once, in its order; nobody where it is about a room, or a measure. */
export function identitiesOf(action: Action): readonly string[] {
  const { identity, identities } = namedBy(action)
  return identity === undefined ? [...new Set(identities)] : [identity]
}

/** Whether it is for many: then it can be cancelled, and says how far it is. */
export function isBulk(action: Action): boolean {
  return namedBy(action).identities !== undefined || action.type === 'mute_all' || action.type === 'lock'
}

/** Which stay of somebody an action meant, where it says. */
export function expectedSid({ expect }: Action, identity: string): string | undefined {
  const sids = expect?.participantSids
  // Somebody may be called `constructor`.
  return sids !== undefined && Object.hasOwn(sids, identity) ? sids[identity] : expect?.participantSid
}

export const targetResultSchema = z.object({
  identity: z.string(),
  ok: z.boolean(),
  code: errorCodeSchema.optional(),
  detail: errorDetailSchema.optional(),
  message: z.string().optional(),
})
export type TargetResult = Readonly<z.infer<typeof targetResultSchema>>

/** What became of an action: taken up, with a result per target, or refused whole. `measureId`: what it imposed or changed. */
export const actionResultSchema = z.union([
  z.object({
    ok: z.literal(true),
    actionId: z.string(),
    at: z.number(),
    targets: z.array(targetResultSchema),
    measureId: z.string().optional(),
  }),
  failureSchema.extend({ actionId: z.string() }),
])
export type ActionResult = Readonly<z.infer<typeof actionResultSchema>>

/** How far a bulk action is: `done` of `of` targets were tried, and `failed` of these failed. */
export const actionProgressSchema = z.object({
  actionId: z.string(),
  done: z.number().int(),
  of: z.number().int(),
  failed: z.number().int(),
})
export type ActionProgress = Readonly<z.infer<typeof actionProgressSchema>>

/** An action on its way, as the console shows it beside the facts. It is never written as a fact. */
export const pendingActionSchema = z.object({
  action: actionSchema,
  startedAt: z.number(),
  /** How far it is, where it is for many and has said so. */
  progress: actionProgressSchema.omit({ actionId: true }).optional(),
  /** A result per target, where it was for many. */
  targets: z.array(targetResultSchema).optional(),
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
