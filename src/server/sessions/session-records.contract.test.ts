import { describeOnDatabases } from '../../../tests/harness/databases.ts'
import { describeSessionRecords } from './testing/session-records-contract.ts'

describeOnDatabases(describeSessionRecords)
