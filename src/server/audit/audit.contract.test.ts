import { describeOnDatabases } from '../../../tests/harness/databases.ts'
import { describeAuditBook } from './testing/audit-book-contract.ts'
import { describeAuditChain } from './testing/audit-chain-contract.ts'
import { describeAuditSearch } from './testing/audit-search-contract.ts'

describeOnDatabases((kind, fresh) => {
  describeAuditChain(kind, fresh)
  describeAuditBook(kind, fresh)
  describeAuditSearch(kind, fresh)
})
