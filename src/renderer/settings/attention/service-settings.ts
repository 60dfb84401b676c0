import type { ServiceSettings, SettingsChange } from '#shared/contract/http-settings.ts'
import type { Result } from '#shared/domain/failure.ts'
import { create } from 'zustand'
import { answered } from '../../bridge.ts'

/** What this window's last change made of the settings, for what else shows them; null: it has changed nothing. */
export const useSettingsChanges = create<{ readonly newest: ServiceSettings | null }>()(() => ({ newest: null }))

/** What is set for the whole service. */
export function readSettings(): Promise<Result<ServiceSettings>> {
  return answered((host) => host.readSettings({}))
}

/** Changes it; the answer is what it is now. */
export async function changeSettings(change: SettingsChange): Promise<Result<ServiceSettings>> {
  const answer = await answered((host) => host.changeSettings(change))
  if (answer.ok) useSettingsChanges.setState({ newest: answer.value })
  return answer
}
