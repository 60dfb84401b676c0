import { MultiSelect } from '@mantine/core'
import { useMemo } from 'react'
import type { Participant } from '#shared/domain/participant.ts'
import { text } from '../../ui/text.ts'
import { shownName } from '../arrange-participants.ts'
import classes from './DeedDialog.module.css'
import type { Draft } from './make-action.ts'
import { rolesOf } from './TextFields.tsx'

const words = text.dialog

type ExceptProps = {
  readonly people: readonly Participant[]
  readonly except: Draft['except']
  readonly onChange: (except: Draft['except']) => void
}

/** Whom something for many leaves out: people, and everybody with a role. */
export function ExceptField({ people, except, onChange }: ExceptProps) {
  const options = useMemo(() => people.map((person) => ({ value: person.identity, label: labelOf(person) })), [people])
  const roles = useMemo(() => [...rolesOf(people)], [people])
  return (
    <fieldset className={classes.group} data-testid="except">
      <legend className={classes.label}>{words.except}</legend>
      <div className={classes.pair}>
        <MultiSelect
          aria-label={`${words.except}: ${words.exceptPeople}`}
          placeholder={except.identities.length === 0 ? words.exceptPeople : ''}
          size="xs"
          data={options}
          limit={30}
          searchable
          nothingFoundMessage={words.exceptNone}
          value={[...except.identities]}
          onChange={(identities) => onChange({ ...except, identities })}
          data-testid="except-people"
        />
        <MultiSelect
          aria-label={`${words.except}: ${words.exceptRoles}`}
          placeholder={except.roles.length === 0 ? words.exceptRoles : ''}
          size="xs"
          data={roles}
          limit={30}
          searchable
          nothingFoundMessage={words.exceptNone}
          value={[...except.roles]}
          onChange={(chosen) => onChange({ ...except, roles: chosen })}
          data-testid="except-roles"
        />
      </div>
    </fieldset>
  )
}

function labelOf(person: Participant): string {
  const name = shownName(person)
  return name === person.identity ? name : `${name} (${person.identity})`
}
