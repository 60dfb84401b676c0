import { Button, Modal } from '@mantine/core'
import { useState } from 'react'
import { longestOf } from '#shared/domain/operator.ts'
import { whyBlocked } from '../app/action-block.ts'
import { act } from '../app/actions.ts'
import { rememberReason } from '../app/preferences.ts'
import { useSession } from '../app/session.ts'
import { FormEnd } from '../ui/FormEnd.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { text } from '../ui/text.ts'
import { banSpans, makeBan, type BanSpan } from './make-ban.ts'
import classes from './PeoplePage.module.css'

const { ban: words } = text.people

type BanProps = { readonly identity: string; readonly name: string; readonly opened: boolean; readonly onClose: () => void }

/** Bans somebody from all rooms, wherever they are: asks once, with a reason and until when. */
export function BanDialog({ opened, onClose, ...person }: BanProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.title} closeButtonProps={{ 'aria-label': words.close }} centered>
      <BanForm {...person} onClose={onClose} />
    </Modal>
  )
}

function BanForm({ identity, name, onClose }: Omit<BanProps, 'opened'>) {
  const blocked = useSession((state) => whyBlocked(state.connection.state, state.operator, 'ban'))
  const operator = useSession((state) => state.operator)
  const [span, setSpan] = useState<BanSpan>('day')
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const isReasonMissing = reason.trim() === ''
  const isLimited = operator !== null && longestOf(operator, 'ban') !== null

  async function ban() {
    setSending(true)
    setProblem(null)
    rememberReason(reason)
    const { outcome } = await act(makeBan(identity, span, reason, crypto.randomUUID(), Date.now()))
    setSending(false)
    if (outcome.state === 'failed') setProblem(words.failed(outcome.message))
    else onClose()
  }

  return (
    <form
      className={classes.form}
      data-testid="ban-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (!isReasonMissing && blocked === null && !isSending) void ban()
      }}
    >
      <p className={classes.formIdentity}>
        <bdi>{name.trim() === '' ? identity : name}</bdi> · <bdi>{identity}</bdi>
      </p>
      <p className={classes.formWords}>{words.will}</p>
      <div className={classes.spans} role="group" aria-label={words.until}>
        {banSpans
          .filter((each) => each !== 'forever' || !isLimited)
          .map((each) => (
            <Button
              key={each}
              size="compact-sm"
              variant={each === span ? 'filled' : 'default'}
              aria-pressed={each === span}
              onClick={() => setSpan(each)}
            >
              {words.spans[each]}
            </Button>
          ))}
      </div>
      <ReasonField testid="ban-reason" value={reason} onChange={setReason} isNeeded isMissing={tried && isReasonMissing} />
      <FormEnd
        testid="ban"
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
