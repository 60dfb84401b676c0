import { randomUUID } from 'node:crypto'
import { databaseSettingsSchema } from '#shared/contract/embedded.ts'
import { openDatabase } from '#server/records/database.ts'
import { intentDraft, noteDraft } from '../audit-draft.ts'
import { createAuditStore } from '../audit-store.ts'
import { intentOf, valueOf } from './audit-scene.ts'

/** A program: adds pairs of rows to the audit, one pair after the other. */
const [settings = '', pairs = ''] = process.argv.slice(2)
const database = valueOf(await openDatabase(databaseSettingsSchema.parse(JSON.parse(settings))))
const store = createAuditStore(database.queries, randomUUID())
for (let index = 0; index < Number(pairs); index += 1) {
  const intent = intentOf({ identities: [`somebody ${index % 7}`] })
  await store.append([intentDraft(intent, index), noteDraft({ ...intent, actionId: null }, null, index)])
}
await database.close()
