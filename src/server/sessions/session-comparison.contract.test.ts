import { describeOnDatabases } from '../../../tests/harness/databases.ts'
import { describeSessionComparison } from './testing/session-comparison-contract.ts'

describeOnDatabases(describeSessionComparison)
