import type { HandlersFor } from './context.ts'

export const syncHandlers: HandlersFor<'read_server' | 'control_sync'> = {
  read_server: (_payload, { session }) => session().readServer(),
  control_sync: (request, { session }) => session().controlSync(request),
}
