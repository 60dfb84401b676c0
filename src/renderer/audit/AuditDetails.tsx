import { IconCheck, IconHelp, IconX } from '@tabler/icons-react'
import type { AuditEntry, AuditTarget } from '#shared/contract/http-audit.ts'
import { PersonLink } from '../people/PersonLink.tsx'
import { withLocalTimes } from '../ui/format.ts'
import { Moment } from '../ui/Moment.tsx'
import { text } from '../ui/text.ts'
import classes from './AuditList.module.css'

const { details } = text.audit

/** All that is on record of one action; what people wrote is shown as the text it is. */
export function AuditDetails({ entry }: { readonly entry: AuditEntry }) {
  return (
    <div className={classes.details} data-testid="audit-details">
      <dl className={classes.facts}>
        <dt>{details.operator}</dt>
        <dd>
          <bdi>{entry.operator}</bdi> ({entry.role})
        </dd>
        <dt>{details.began}</dt>
        <dd>
          <Moment at={entry.at} />
        </dd>
        {entry.endedAt === null ? null : (
          <>
            <dt>{details.ended}</dt>
            <dd>
              <Moment at={entry.endedAt} />
            </dd>
          </>
        )}
        <Text name={details.reason} value={entry.reason} />
        <Text name={details.text} value={describeText(entry)} />
        <Text name={details.why} value={describeFailure(entry)} />
        <Code name={details.action} value={entry.actionId} />
        <Code name={details.measure} value={entry.measureId} />
        <Code name={details.row} value={String(entry.seq)} />
        <Code name={details.hash} value={entry.hash} />
      </dl>
      {entry.targets.length === 0 ? null : <Targets entry={entry} />}
    </div>
  )
}

function Text({ name, value }: { readonly name: string; readonly value: string | null }) {
  if (value === null || value === '') return null
  return (
    <>
      <dt>{name}</dt>
      <dd className={classes.written} dir="auto">
        {value}
      </dd>
    </>
  )
}

function Code({ name, value }: { readonly name: string; readonly value: string | null }) {
  if (value === null) return null
  return (
    <>
      <dt>{name}</dt>
      <dd className={classes.code}>{value}</dd>
    </>
  )
}

function Targets({ entry }: { readonly entry: AuditEntry }) {
  const isCut = entry.targets.length < entry.targetCount
  return (
    <div>
      <p className={classes.targetsTitle} aria-hidden>
        {details.targets}
      </p>
      <ul className={classes.targets} aria-label={details.targets}>
        {entry.targets.map((target, index) => (
          <li key={target.identity ?? `erased ${index}`} className={classes.targetLine} data-ok={target.ok}>
            <TargetResult target={target} />
          </li>
        ))}
      </ul>
      {isCut ? <p className={classes.cut}>{details.targetsCut(entry.targets.length, entry.targetCount)}</p> : null}
    </div>
  )
}

function TargetResult({ target }: { readonly target: AuditTarget }) {
  const TargetIcon = target.ok === null ? IconHelp : target.ok ? IconCheck : IconX
  const words = target.ok === null ? details.open : target.ok ? details.ok : details.notOk
  const why = target.detail ?? target.code
  return (
    <>
      <TargetIcon size={13} stroke={2.2} aria-hidden />
      {target.identity === null ? <i>{text.audit.erased}</i> : <PersonLink identity={target.identity} className={classes.target} />}
      <span className={classes.targetWords}>
        {words}
        {why === undefined ? '' : `: ${why.replaceAll('_', ' ')}`}
      </span>
    </>
  )
}

/** What an operator wrote stays as it is; of a measure it is our words, with when it ends. */
function describeText({ type, text: written }: AuditEntry): string | null {
  return written === null || !isMeasure.has(type) ? written : withLocalTimes(written)
}

const isMeasure: ReadonlySet<AuditEntry['type']> = new Set(['ban', 'deny_sources', 'lock', 'close_room', 'edit_measure'])

function describeFailure({ why, detail, code }: AuditEntry): string | null {
  return why ?? (detail ?? code)?.replaceAll('_', ' ') ?? null
}
