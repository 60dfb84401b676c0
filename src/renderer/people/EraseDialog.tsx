import { Modal, TextInput } from '@mantine/core'
import { useState } from 'react'
import { whyBlocked } from '../app/action-block.ts'
import { useSession } from '../app/session.ts'
import { answered } from '../bridge.ts'
import { FormEnd } from '../ui/FormEnd.tsx'
import { text } from '../ui/text.ts'
import classes from './PeoplePage.module.css'

const { erase: words } = text.people

type EraseProps = {
  readonly identity: string
  readonly opened: boolean
  readonly onClose: () => void
  /** Says what went, in words. */
  readonly onErased: (words: string) => void
}

/** Erases a person for good, once their identity was typed. */
export function EraseDialog({ identity, opened, onClose, onErased }: EraseProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.title} closeButtonProps={{ 'aria-label': words.close }} centered>
      <EraseForm identity={identity} onClose={onClose} onErased={onErased} />
    </Modal>
  )
}

function EraseForm({ identity, onClose, onErased }: Omit<EraseProps, 'opened'>) {
  const blocked = useSession((state) => whyBlocked(state.connection.state, state.operator, 'erase_people'))
  const [typed, setTyped] = useState('')
  const [tried, setTried] = useState(false)
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const isMatch = typed === identity

  async function erase() {
    setSending(true)
    setProblem(null)
    const answer = await answered((host) => host.erasePerson({ identity }))
    setSending(false)
    if (answer.ok) onErased(words.done(answer.value.erased))
    else setProblem(words.failed(answer.message))
  }

  return (
    <form
      className={classes.form}
      data-testid="erase-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (isMatch && blocked === null && !isSending) void erase()
      }}
    >
      <p className={classes.formWords}>{words.will}</p>
      <p className={classes.formIdentity}>
        <bdi>{identity}</bdi>
      </p>
      <TextInput
        data-autofocus
        label={words.type}
        dir="auto"
        autoComplete="off"
        value={typed}
        error={tried && !isMatch ? words.mismatch : null}
        onChange={(event) => setTyped(event.currentTarget.value)}
        data-testid="erase-identity"
      />
      <FormEnd
        testid="erase"
        problem={problem ?? blocked}
        cancel={words.cancel}
        confirm={words.confirm}
        isSending={isSending}
        isHard
        onCancel={onClose}
      />
    </form>
  )
}
