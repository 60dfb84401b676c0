import { describeOnDatabases } from '../../../tests/harness/databases.ts'
import { describePeople } from './testing/people-contract.ts'

describeOnDatabases(describePeople)
