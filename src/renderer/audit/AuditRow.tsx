import type { AuditEntry } from '#shared/contract/http-audit.ts'
import { PersonLink } from '../people/PersonLink.tsx'
import { FoldToggle } from '../ui/FoldToggle.tsx'
import { Moment } from '../ui/Moment.tsx'
import { RoomLink } from '../ui/RoomLink.tsx'
import { text } from '../ui/text.ts'
import { describeType, entryText, namedTargets } from './audit-view.ts'
import { AuditDetails } from './AuditDetails.tsx'
import classes from './AuditList.module.css'
import { ResultMark } from './ResultMark.tsx'

type RowProps = {
  readonly entry: AuditEntry
  readonly isOpen: boolean
  readonly onToggle: () => void
  /** Where there is little room: what it was and how it ended, the rest on a second line. */
  readonly isShort?: boolean
}

/** One thing that an operator asked for: when, who, what to whom, where, why, and what became of it. */
export function AuditRow({ entry, isOpen, onToggle, isShort = false }: RowProps) {
  return (
    <div className={classes.entry} data-short={isShort} data-testid="audit-entry" data-seq={entry.seq} data-result={entry.result}>
      <div className={classes.cells}>
        <FoldToggle
          className={classes.toggle}
          isOpen={isOpen}
          label={text.audit.details.show(entryText(entry))}
          onToggle={onToggle}
          testid="audit-toggle"
        />
        <Moment at={entry.at} className={classes.time} />
        <bdi className={classes.operator} title={entry.operator}>
          {entry.operator}
        </bdi>
        <span className={classes.what}>
          <span className={classes.verb}>{describeType(entry.type)}</span> <Whom entry={entry} />
        </span>
        <span className={classes.room}>{entry.room === null ? null : <RoomLink room={entry.room} />}</span>
        <span className={classes.why} dir="auto" title={entry.reason ?? undefined}>
          {entry.reason}
        </span>
        <span className={classes.result}>
          <ResultMark result={entry.result} />
        </span>
      </div>
      {isOpen ? <AuditDetails entry={entry} /> : null}
    </div>
  )
}

function Whom({ entry }: { readonly entry: AuditEntry }) {
  const { named, others } = namedTargets(entry)
  return (
    <>
      {named.map((identity, index) => (
        <span key={identity ?? `erased ${index}`}>
          {index > 0 ? ', ' : ''}
          {identity === null ? <i>{text.audit.erased}</i> : <PersonLink identity={identity} className={classes.target} />}
        </span>
      ))}
      {others > 0 ? ` ${text.audit.andOthers(others)}` : ''}
    </>
  )
}
