import { describeOnDatabases } from '../../../tests/harness/databases.ts'
import { describeMeasureStore } from './testing/measure-store-contract.ts'

describeOnDatabases(describeMeasureStore)
describeMeasureStore('memory', () => Promise.resolve({ kind: 'memory' }))
