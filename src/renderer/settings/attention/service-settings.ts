import type { ServiceSettings, SettingsChange } from '#shared/contract/http-settings.ts'
import { succeed, type Result } from '#shared/domain/failure.ts'
import { bridge, readRefusal } from '../../bridge.ts'

/** What is set for the whole service. */
export function readSettings(): Promise<Result<ServiceSettings>> {
  return answered(async () => bridge().readSettings({}))
}

/** Changes it; the answer is what it is now. */
export function changeSettings(change: SettingsChange): Promise<Result<ServiceSettings>> {
  return answered(async () => bridge().changeSettings(change))
}

async function answered(request: () => Promise<ServiceSettings>): Promise<Result<ServiceSettings>> {
  try {
    return succeed(await request())
  } catch (error) {
    return readRefusal(error)
  }
}
