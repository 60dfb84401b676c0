import { describeOnDatabases } from '../../../tests/harness/databases.ts'
import { describeSettingsStore } from './testing/settings-store-contract.ts'

describeOnDatabases(describeSettingsStore)
describeSettingsStore('memory', () => Promise.resolve({ kind: 'memory' }))
