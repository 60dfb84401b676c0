import { describeOnDatabases } from '../../../tests/harness/databases.ts'
import { describeMeasureDesk } from './testing/desk-contract.ts'

describeOnDatabases(describeMeasureDesk)
