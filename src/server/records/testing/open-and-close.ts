import { databaseSettingsSchema } from '#shared/contract/embedded.ts'
import { openDatabase } from '../database.ts'

// A start of a server in a process of its own, as far as the records go: opens the database that the one argument says.
const opened = await openDatabase(databaseSettingsSchema.parse(JSON.parse(process.argv[2] ?? '')))
if (opened.ok) await opened.value.close()
else process.stderr.write(`${opened.message}\n`)
process.exit(opened.ok ? 0 : 1)
