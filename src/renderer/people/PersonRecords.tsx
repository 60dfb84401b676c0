import { Button, Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Person } from '#shared/contract/http-people.ts'
import { may } from '#shared/domain/operator.ts'
import { useSession } from '../app/session.ts'
import { ShortAuditList } from '../audit/AuditList.tsx'
import { Report } from '../ui/Report.tsx'
import { text } from '../ui/text.ts'
import { MeasureLines } from './MeasureLines.tsx'
import { Notes } from './Notes.tsx'
import classes from './PersonRecords.module.css'
import { RecordTable } from './RecordTable.tsx'
import { StayTable } from './StayTable.tsx'
import { usePerson, type PersonReading } from './usePerson.ts'

/** D5: what is on record of somebody: notes, measures, stays, rooms, and what was done about them. Read when it is shown, and again when the feed tells of them. */
export function PersonRecords({ identity }: { readonly identity: string }) {
  const operator = useSession((state) => state.operator)
  if (operator !== null && !may(operator, 'read_people')) return <p className={classes.none}>{text.people.notAllowed(operator.role)}</p>
  return <ReadRecords identity={identity} />
}

function ReadRecords({ identity }: { readonly identity: string }) {
  return <RecordsOf reading={usePerson(identity)} identity={identity} />
}

/** The same of a person who is read already. */
export function RecordsOf({ reading, identity }: { readonly reading: PersonReading; readonly identity: string }) {
  const { value: person, failure, again } = reading
  const mayAudit = useSession((state) => state.operator !== null && may(state.operator, 'read_audit'))
  if (person === null && failure === null) return <RecordsSkeleton />
  if (failure?.code === 'not_found') return <p className={classes.none}>{`${text.people.unknownTitle}. ${text.people.unknownHelp}`}</p>
  return (
    <div className={classes.records} data-testid="person-records">
      {failure === null ? null : (
        <div>
          <Report ok={false} message={person === null ? failure.message : text.people.stale(failure.message)} testid="person-refused" />
          <Button size="xs" variant="default" onClick={again}>
            {text.people.retry}
          </Button>
        </div>
      )}
      {person === null ? null : <Sections person={person} identity={identity} withActions={mayAudit} onChange={again} />}
    </div>
  )
}

type SectionsProps = { readonly person: Person; readonly identity: string; readonly withActions: boolean; readonly onChange: () => void }

function Sections({ person, identity, withActions, onChange }: SectionsProps) {
  const { sections, empty } = text.people
  return (
    <>
      <Section title={sections.notes} count={person.notes.length}>
        <Notes identity={identity} notes={person.notes} onAdded={onChange} />
      </Section>
      <Section title={sections.measures} count={person.measures.length} empty={empty.measures}>
        <MeasureLines measures={person.measures} />
      </Section>
      <Section title={sections.sessions} count={person.sessions.length} empty={empty.sessions}>
        <StayTable stays={person.sessions} />
      </Section>
      {withActions || person.actions.length > 0 ? (
        <Section title={sections.actions} count={person.actions.length} empty={empty.actions}>
          <ShortAuditList entries={person.actions} />
        </Section>
      ) : null}
      <Section title={sections.records} count={person.records.length} empty={empty.records}>
        <RecordTable records={person.records} />
      </Section>
    </>
  )
}

/** How many of each the server sends at the most. */
const CUT = 200

function Section(props: { readonly title: string; readonly count: number; readonly empty?: string; readonly children: ReactNode }) {
  const { title, count, empty } = props
  return (
    <section className={classes.section} aria-label={title}>
      <h3 className={classes.heading}>
        {title}
        {count > 0 ? <span className={classes.count}>{count >= CUT ? `${CUT}+` : count}</span> : null}
      </h3>
      {count === 0 && empty !== undefined ? <p className={classes.none}>{empty}</p> : props.children}
      {count >= CUT ? <p className={classes.none}>{text.people.tooMany(CUT)}</p> : null}
    </section>
  )
}

function RecordsSkeleton() {
  return (
    <div className={classes.skeleton} role="group" aria-busy aria-label={text.people.loading} data-testid="person-skeleton">
      {[34, 72, 64, 28, 80, 58].map((width) => (
        <Skeleton key={width} height={11} width={`${width}%`} />
      ))}
    </div>
  )
}
