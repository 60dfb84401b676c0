import type { ServerSettings } from '#shared/contract/embedded.ts'
import { succeed, type Result } from '#shared/domain/failure.ts'
import { openAudit, type OpenAudit } from './audit/open-audit.ts'
import type { Metrics } from './metrics/metrics.ts'
import { openOperators, type Operators } from './operators/open-operators.ts'
import { openRecords, type Records } from './records/open-records.ts'
import type { Bus } from './redis/bus.ts'
import type { RedisLink } from './redis/connection.ts'
import { openServiceSettings, type SettingsBook } from './settings/service-settings.ts'
import { createSettingsStore } from './settings/settings-store.ts'

/** What outlives this server, in its one database. */
export type Kept = {
  readonly records: Pick<Records, 'claimAgain' | 'queries' | 'describe'>
  readonly operators: Operators
  readonly audit: OpenAudit
  readonly serviceSettings: SettingsBook
  readonly close: () => Promise<void>
}

type Options = {
  readonly settings: Pick<ServerSettings, 'database' | 'admin' | 'serviceToken' | 'livekitKeys'>
  /** Connected; null where there is none. */
  readonly redis: RedisLink | null
  readonly bus: Bus
  readonly metrics: Pick<Metrics, 'loginFailed' | 'watch'>
  readonly log: {
    readonly info: ((line: string) => void) & ((fields: object, line: string) => void)
    readonly warn: (line: string) => void
    readonly error: (line: string) => void
  }
}

/** Opens the records and reads what is kept there. Fails with one line, and then nothing is open. */
export async function openKept({ settings, redis, bus, metrics, log }: Options): Promise<Result<Kept>> {
  const opened = await openRecords({ settings, redis, log })
  if (!opened.ok) return opened
  const records = opened.value
  const { queries, describe } = records
  const serviceSettings = await openServiceSettings({ store: createSettingsStore(queries), describe, bus, log })
  if (!serviceSettings.ok) {
    await records.close()
    return serviceSettings
  }
  const operators = await openOperators({ settings, records, metrics, log })
  if (!operators.ok) {
    await serviceSettings.value.close()
    await records.close()
    return operators
  }
  const audit = openAudit({ records, settings, log })
  return succeed({
    records,
    audit,
    operators: operators.value,
    serviceSettings: serviceSettings.value,
    async close() {
      await Promise.all([operators.value.close(), serviceSettings.value.close()])
      // What the others did last is in it.
      await audit.close()
      await records.close()
    },
  })
}
