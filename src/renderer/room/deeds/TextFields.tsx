import { Textarea, TextInput } from '@mantine/core'
import { useMemo } from 'react'
import { MESSAGE_MAX } from '#shared/domain/action.ts'
import { useSession } from '../../app/session.ts'
import { Offered } from '../../ui/Offered.tsx'
import { text } from '../../ui/text.ts'

const words = text.dialog

type FieldProps = { readonly value: string; readonly isMissing: boolean; readonly onChange: (value: string) => void }

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
