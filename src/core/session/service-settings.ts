import { serviceSettingsSchema, type ServiceSettings, type SettingsChange } from '#shared/contract/http-settings.ts'
import type { Result } from '#shared/domain/failure.ts'
import { askServer } from '../link/http-client.ts'
import type { Endpoint } from '../link/link.ts'

const PATH = '/api/settings'

/** What is set for the whole service. */
export function readSettings(endpoint: Endpoint): Promise<Result<ServiceSettings>> {
  return askServer(endpoint, { path: PATH, answer: serviceSettingsSchema, what: 'its settings' })
}

/** Changes them; the answer is what they are now. */
export function changeSettings(endpoint: Endpoint, change: SettingsChange): Promise<Result<ServiceSettings>> {
  return askServer(endpoint, { path: PATH, method: 'PUT', body: change, answer: serviceSettingsSchema, what: 'a change of its settings' })
}
