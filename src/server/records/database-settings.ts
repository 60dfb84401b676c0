import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { postgresAddressSchema } from '#shared/domain/address.ts'
import { describeIssue, fail, succeed, type Result } from '#shared/domain/failure.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where the records lie by `DATABASE_URL` and `USHER_DATA_DIR`: PostgreSQL if there is an address, else a SQLite file in the data folder. The
 * server and the operator command both ask here. A failure never holds a value.
 */
export function readDatabaseSettings(environment: Environment, platform: NodeJS.Platform = process.platform): Result<DatabaseSettings> {
  const url = environment['DATABASE_URL'] || undefined
  if (url === undefined) {
    const folder = environment['USHER_DATA_DIR'] || defaultFolder(environment, platform)
    return succeed({ kind: 'sqlite', file: join(resolve(folder), 'usher.sqlite') })
  }
  const parsed = postgresAddressSchema.safeParse(url)
  return parsed.success ? succeed({ kind: 'postgres', url }) : fail('invalid', `DATABASE_URL ${describeIssue(parsed.error)}`)
}

/** The platform's folder for a user's data, and ours in it. */
function defaultFolder(environment: Environment, platform: NodeJS.Platform): string {
  const name = 'usher-server'
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), name)
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', name)
  return join(environment['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), name)
}
