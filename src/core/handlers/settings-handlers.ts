import type { HandlersFor } from './context.ts'

export const settingsHandlers: HandlersFor<'read_settings' | 'change_settings'> = {
  read_settings: (_payload, { session }) => session().readSettings(),
  change_settings: (change, { session }) => session().changeSettings(change),
}
