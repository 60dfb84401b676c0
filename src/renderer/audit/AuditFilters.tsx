import { Button, Select, TextInput } from '@mantine/core'
import { auditResultSchema, auditTypeSchema, type AuditResult, type AuditType } from '#shared/contract/http-audit.ts'
import { FilterInput } from '../ui/FilterInput.tsx'
import { text } from '../ui/text.ts'
import { isFiltered, noFilter, ranges, type AuditFilter, type Range } from './audit-filter.ts'
import classes from './ActionsView.module.css'

const types = auditTypeSchema.options.map((value) => ({ value, label: text.audit.types[value] }))
const results = auditResultSchema.options.map((value) => ({ value, label: text.audit.result[value] }))
const rangeNames = ranges.map((value) => ({ value, label: text.audit.ranges[value] }))

/** What of the audit to show. */
export function AuditFilters(props: { readonly filter: AuditFilter; readonly onFilter: (filter: AuditFilter) => void }) {
  const { filter, onFilter } = props
  const change = (part: Partial<AuditFilter>) => onFilter({ ...filter, ...part })
  return (
    <div className={classes.filters} role="group" aria-label={text.audit.filters}>
      {(['operator', 'target', 'room'] as const).map((field) => (
        <FilterInput
          key={field}
          className={classes.name}
          label={text.audit[field]}
          clearLabel={`${text.audit.clear}: ${text.audit[field]}`}
          value={filter[field]}
          onChange={(value) => change({ [field]: value })}
          data-testid={`audit-${field}`}
        />
      ))}
      <Select
        size="xs"
        className={classes.select}
        aria-label={text.audit.type}
        placeholder={text.audit.anyType}
        data={types}
        value={filter.type}
        clearable
        searchable
        onChange={(value: AuditType | null) => change({ type: value })}
      />
      <Select
        size="xs"
        className={classes.select}
        aria-label={text.audit.results}
        placeholder={text.audit.anyResult}
        data={results}
        value={filter.result}
        clearable
        onChange={(value: AuditResult | null) => change({ result: value })}
      />
      <Select
        size="xs"
        className={classes.select}
        aria-label={text.audit.range}
        data={rangeNames}
        value={filter.range}
        allowDeselect={false}
        onChange={(value: Range | null) => change({ range: value ?? 'any' })}
      />
      {filter.range === 'custom'
        ? (['from', 'to'] as const).map((field) => (
            <TextInput
              key={field}
              size="xs"
              type="datetime-local"
              aria-label={text.audit[field]}
              title={text.audit[field]}
              value={filter[field]}
              onChange={(event) => change({ [field]: event.currentTarget.value })}
            />
          ))
        : null}
      {isFiltered(filter) ? (
        <Button size="compact-xs" variant="subtle" onClick={() => onFilter(noFilter)}>
          {text.audit.clearAll}
        </Button>
      ) : null}
    </div>
  )
}
