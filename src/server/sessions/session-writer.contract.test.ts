import { describeOnDatabases } from '../../../tests/harness/databases.ts'
import { describeSessionWriter } from './testing/session-writer-contract.ts'

describeOnDatabases(describeSessionWriter)
