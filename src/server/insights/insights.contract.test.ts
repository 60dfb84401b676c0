import { describeOnDatabases } from '../../../tests/harness/databases.ts'
import { describeInsights } from './testing/insights-contract.ts'

describeOnDatabases(describeInsights)
