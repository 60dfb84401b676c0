import { actionResultSchema, actionSchema, pendingActionSchema } from '../domain/action.ts'

export const actionRequests = {
  act: { payload: actionSchema, value: actionResultSchema },
} as const

export const actionPushes = {
  pending_changed: pendingActionSchema,
} as const
