import { describeOnDatabases } from '../../../tests/harness/databases.ts'
import { describeOperatorStore } from './testing/operator-store-contract.ts'

describeOnDatabases(describeOperatorStore)
