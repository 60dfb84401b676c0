import { Textarea, TextInput, UnstyledButton } from '@mantine/core'
import { useMemo } from 'react'
import { MESSAGE_MAX } from '#shared/domain/action.ts'
import { usePreferences } from '../../app/preferences.ts'
import { useSession } from '../../app/session.ts'
import { text } from '../../ui/text.ts'
import classes from './DeedDialog.module.css'

const words = text.dialog

type FieldProps = { readonly value: string; readonly isMissing: boolean; readonly onChange: (value: string) => void }

/** Why it is done; the reasons given last are one click away. */
export function ReasonField(props: FieldProps & { readonly isNeeded: boolean; readonly hasFocus: boolean }) {
  const recent = usePreferences((state) => state.recentReasons)
  return (
    <>
      <TextInput
        {...(props.hasFocus && { 'data-autofocus': true })}
        data-testid="reason"
        label={words.reason}
        description={words.reasonHint}
        dir="auto"
        maxLength={500}
        autoComplete="off"
        withAsterisk={props.isNeeded}
        aria-required={props.isNeeded}
        value={props.value}
        error={props.isMissing ? words.reasonNeeded : null}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
      <Offered label={words.recent} values={recent} onChoose={props.onChange} />
    </>
  )
}

/** What is sent to people. Enter makes a line; Ctrl and Enter sends, as the button does. */
export function MessageField(props: FieldProps) {
  return (
    <Textarea
      data-autofocus
      data-testid="message"
      label={words.message}
      dir="auto"
      autosize
      minRows={3}
      maxRows={10}
      maxLength={MESSAGE_MAX}
      withAsterisk
      aria-required
      value={props.value}
      error={props.isMissing ? words.messageNeeded : null}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        event.currentTarget.form?.requestSubmit()
      }}
    />
  )
}

/** A role is any text; those that somebody here has are offered. */
export function RoleField(props: FieldProps) {
  const participants = useSession((state) => state.open?.participants)
  const roles = useMemo(() => rolesOf(participants?.values() ?? []), [participants])
  return (
    <>
      <TextInput
        data-autofocus
        data-testid="role"
        label={words.role}
        dir="auto"
        maxLength={64}
        autoComplete="off"
        withAsterisk
        aria-required
        value={props.value}
        error={props.isMissing ? words.roleNeeded : null}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
      <Offered label={words.rolesHere} values={roles.slice(0, 12)} onChoose={props.onChange} />
    </>
  )
}

/** The roles that people have, each once, by name. */
export function rolesOf(people: Iterable<{ readonly role: string }>): readonly string[] {
  return [...new Set(Array.from(people, (person) => person.role))].filter((role) => role !== '').toSorted()
}

function Offered(props: { readonly label: string; readonly values: readonly string[]; readonly onChoose: (value: string) => void }) {
  if (props.values.length === 0) return null
  return (
    <div className={classes.recent} role="group" aria-label={props.label}>
      {props.values.map((known) => (
        <UnstyledButton key={known} className={classes.known} dir="auto" title={known} onClick={() => props.onChoose(known)}>
          {known}
        </UnstyledButton>
      ))}
    </div>
  )
}
