import { actionProgressSchema, actionResultSchema, actionSchema, pendingActionSchema } from '../domain/action.ts'

export const actionRequests = {
  act: { payload: actionSchema, value: actionResultSchema },
  /** What of a bulk action isn't done yet isn't done. */
  cancel_action: { payload: actionProgressSchema.pick({ actionId: true }), value: actionProgressSchema.pick({ actionId: true }) },
} as const

export const actionPushes = {
  pending_changed: pendingActionSchema,
} as const
