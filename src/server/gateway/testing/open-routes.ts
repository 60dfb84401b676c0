import { pino } from 'pino'
import { succeed } from '#shared/domain/failure.ts'
import { createSampledLog } from '#server/logging/sampled-log.ts'
import { createMetrics } from '#server/metrics/metrics.ts'
import { createDrain } from '../drain.ts'
import { createHttp } from '../http.ts'
import type { Services } from '../services.ts'

/** The routes without a server around them: `services` are those that the routes under test need. The token of whoever asks says their role. */
export function openRoutes(services: object): ReturnType<typeof createHttp> {
  const log = pino({ enabled: false })
  const all = {
    metrics: createMetrics(),
    refusals: createSampledLog(log),
    drain: createDrain(),
    addressOf: () => 'here',
    logins: { byToken: (role: string) => Promise.resolve(succeed({ operator: { name: `the ${role}`, role } })) },
    ...services,
  }
  return createHttp(all as unknown as Services, log)
}
