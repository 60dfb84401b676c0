import { pino, type DestinationStream, type Logger } from 'pino'
import type { ServerSettings } from '#shared/contract/embedded.ts'
import { createRedaction } from './redaction.ts'

/** Lines of JSON on stderr. Each line is redacted as it leaves, so it doesn't matter where in it a secret stands. */
export function createLog(settings: ServerSettings, destination: DestinationStream = pino.destination(2)): Logger {
  const redact = createRedaction(secretsOf(settings))
  return pino(
    { level: settings.logLevel, base: null, hooks: { streamWrite: (line) => `${JSON.stringify(redact(JSON.parse(line)))}\n` } },
    destination,
  )
}

/** The secrets that the settings hold. */
function* secretsOf({ livekitKeys, admin, serviceToken, redisUrl, database }: ServerSettings): Generator<string> {
  for (const { secret } of livekitKeys) yield secret
  if (admin) yield admin.token
  if (serviceToken !== null) yield serviceToken
  for (const address of [redisUrl, database.kind === 'postgres' ? database.url : null]) {
    if (address === null) continue
    const { password } = new URL(address)
    yield password
    yield decoded(password)
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
