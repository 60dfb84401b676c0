import { readSettings } from '#server/config.ts'
import { startSyncServer } from '#server/server.ts'

// A sync server that records who was in which room when, or doesn't: USHER_BENCH_RECORDS is `on` or `off`.

const settings = readSettings(process.env)
if (!settings.ok) throw new Error(settings.message)
const server = await startSyncServer({ ...settings.value, records: process.env['USHER_BENCH_RECORDS'] !== 'off' })
process.stdout.write(`listening on ${server.url}\n`)
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)))
