import { Checkbox, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { may } from '#shared/domain/operator.ts'
import { whyBlocked } from '../../app/action-block.ts'
import { announce } from '../../app/announcer.ts'
import { useSession } from '../../app/session.ts'
import { answered } from '../../bridge.ts'
import { FormEnd } from '../../ui/FormEnd.tsx'
import { text } from '../../ui/text.ts'
import classes from '../deeds/DeedDialog.module.css'
import { emptyInvite, readInvited } from './read-invited.ts'

const words = text.invite

/** Invites people to a room: they show as invited until they come. */
export function InviteForm({ room, onClose }: { readonly room: string; readonly onClose: () => void }) {
  const blocked = useSession((state) => whyBlocked(state.connection.state, state.operator, 'invite'))
  const givesRoles = useSession((state) => state.operator !== null && may(state.operator, 'set_role'))
  const [draft, setDraft] = useState(emptyInvite)
  const [tried, setTried] = useState(false)
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const read = readInvited(draft)
  const change = (changed: Partial<typeof draft>) => setDraft({ ...draft, ...changed })

  async function invite() {
    if (!read.ok) return
    setSending(true)
    setProblem(null)
    const answer = await answered((host) => host.invite({ room, ...read.value }))
    setSending(false)
    if (!answer.ok) return setProblem(words.failed(answer.message))
    announce(words.done(answer.value.invited))
    onClose()
  }

  return (
    <form
      className={classes.form}
      data-testid="invite-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (blocked === null && !isSending) void invite()
      }}
    >
      <Textarea
        data-autofocus
        label={words.people}
        description={words.peopleHint}
        dir="auto"
        autosize
        minRows={3}
        maxRows={10}
        value={draft.people}
        error={tried && !read.ok ? words.nobody : null}
        onChange={(event) => change({ people: event.currentTarget.value })}
        data-testid="invite-people"
      />
      {givesRoles ? (
        <TextInput
          label={words.role}
          description={words.roleHint}
          maxLength={64}
          value={draft.role}
          onChange={(event) => change({ role: event.currentTarget.value })}
          data-testid="invite-role"
        />
      ) : null}
      <Checkbox label={words.speak} checked={draft.canSpeak} onChange={(event) => change({ canSpeak: event.currentTarget.checked })} />
      <Checkbox label={words.video} checked={draft.canVideo} onChange={(event) => change({ canVideo: event.currentTarget.checked })} />
      <p className={classes.consequence}>{words.will}</p>
      <FormEnd
        testid="invite"
        problem={problem ?? blocked}
        cancel={words.cancel}
        confirm={words.confirm}
        isSending={isSending}
        onCancel={onClose}
      />
    </form>
  )
}
