import { succeed } from '#shared/domain/failure.ts'
import type { HandlersFor } from './context.ts'

export const actionHandlers: HandlersFor<'act' | 'cancel_action'> = {
  act: async (action, { session }) => succeed(await session().act(action)),
  cancel_action: ({ actionId }, { session }) => session().cancelAction(actionId),
}
