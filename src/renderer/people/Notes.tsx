import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { Note } from '#shared/contract/http-people.ts'
import { may } from '#shared/domain/operator.ts'
import { whyBlocked } from '../app/action-block.ts'
import { announce } from '../app/announcer.ts'
import { useSession } from '../app/session.ts'
import { answered } from '../bridge.ts'
import { Moment } from '../ui/Moment.tsx'
import { text } from '../ui/text.ts'
import classes from './PersonRecords.module.css'

/** What operators wrote about somebody, newest first, and a field for one more. */
export function Notes(props: { readonly identity: string; readonly notes: readonly Note[]; readonly onAdded: () => void }) {
  const { identity, notes } = props
  const mayWrite = useSession((state) => state.operator !== null && may(state.operator, 'write_notes'))
  return (
    <>
      {notes.length === 0 ? <p className={classes.none}>{text.people.empty.notes}</p> : null}
      <ul className={classes.notes}>
        {notes.map((note) => (
          <li key={note.id} className={classes.note} data-testid="note">
            <p className={classes.noteText} dir="auto">
              {note.text}
            </p>
            <p className={classes.noteBy}>
              {text.people.note.by} <bdi>{note.by}</bdi>, <Moment at={note.at} />
            </p>
          </li>
        ))}
      </ul>
      {mayWrite ? <NoteForm key={identity} identity={identity} onAdded={props.onAdded} /> : null}
    </>
  )
}

function NoteForm({ identity, onAdded }: { readonly identity: string; readonly onAdded: () => void }) {
  const blocked = useSession((state) => whyBlocked(state.connection.state, state.operator, 'write_notes'))
  const [written, setWritten] = useState('')
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const isIdle = written.trim() === '' || blocked !== null

  async function add() {
    setSending(true)
    setProblem(null)
    const answer = await answered((host) => host.addNote({ identity, text: written }))
    setSending(false)
    if (!answer.ok) return setProblem(text.people.note.failed(answer.message))
    setWritten('')
    announce(text.people.note.added)
    onAdded()
  }

  return (
    <form
      className={classes.noteForm}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isIdle && !isSending) void add()
      }}
    >
      <Textarea
        className={classes.noteField}
        size="xs"
        dir="auto"
        autosize
        minRows={2}
        maxRows={8}
        maxLength={4000}
        label={text.people.note.label}
        description={text.people.note.hint}
        value={written}
        onChange={(event) => setWritten(event.currentTarget.value)}
        data-testid="note-text"
      />
      {problem === null ? null : (
        <p className={classes.problem} role="alert" data-testid="note-problem">
          {problem}
        </p>
      )}
      <Button
        size="xs"
        variant="default"
        type="submit"
        loading={isSending}
        disabled={isIdle}
        title={blocked ?? undefined}
        data-testid="note-add"
      >
        {text.people.note.add}
      </Button>
    </form>
  )
}
