import { Button, Modal, TextInput, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { usePreferences } from '../app/preferences.ts'
import { useSession } from '../app/session.ts'
import { text } from '../ui/text.ts'
import { countNamesakes, shownName } from './arrange-participants.ts'
import classes from './DeedDialog.module.css'
import type { Deed } from './make-action.ts'
import type { Asked } from './useDeeds.ts'

type DeedTexts = { readonly title: string; readonly consequence: string; readonly confirm: string; readonly testid: string }

const texts: Record<Deed, DeedTexts> = {
  remove: {
    title: text.dialog.removeTitle,
    consequence: text.dialog.removeConsequence,
    confirm: text.actions.remove,
    testid: 'remove-dialog',
  },
  mute: { title: text.dialog.muteTitle, consequence: text.dialog.muteConsequence, confirm: text.actions.mute, testid: 'mute-dialog' },
  stop_video: {
    title: text.dialog.stopVideoTitle,
    consequence: text.dialog.stopVideoConsequence,
    confirm: text.actions.stopVideo,
    testid: 'stop-video-dialog',
  },
}

type DialogProps = { readonly asked: Asked | null; readonly onConfirm: (reason: string) => void; readonly onCancel: () => void }

/** Asks once before a deed: whom it means, what it will do, and why it is done. The reason has the focus, never the button. */
export function DeedDialog({ asked, onConfirm, onCancel }: DialogProps) {
  return (
    <Modal
      opened={asked !== null}
      onClose={onCancel}
      title={asked === null ? '' : texts[asked.deed].title}
      closeButtonProps={{ 'aria-label': text.dialog.close }}
      centered
    >
      {asked === null ? null : <DeedForm asked={asked} onConfirm={onConfirm} onCancel={onCancel} />}
    </Modal>
  )
}

function DeedForm({ asked, onConfirm, onCancel }: DialogProps & { readonly asked: Asked }) {
  const { deed, target } = asked
  const { person } = target
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const recent = usePreferences((state) => state.recentReasons)
  const namesakes = useSession((state) => (state.open === null ? 0 : countNamesakes(state.open.participants, person)))
  const gone = useSession(
    (state) => state.open?.participants.get(person.identity)?.sid !== person.sid || !state.open.participants.get(person.identity)?.isOnline,
  )
  const isNeeded = deed === 'remove'
  const isMissing = isNeeded && reason.trim() === ''
  return (
    <form
      className={classes.form}
      data-testid={texts[deed].testid}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (isMissing) setTried(true)
        else onConfirm(reason)
      }}
    >
      <dl className={classes.whom}>
        <dt>{text.dialog.person}</dt>
        <dd dir="auto" title={shownName(person)}>
          {shownName(person)}
        </dd>
        <dt>{text.dialog.identity}</dt>
        <dd className={classes.identity} dir="auto" title={person.identity}>
          {person.identity}
        </dd>
        <dt>{text.dialog.room}</dt>
        <dd dir="auto" title={target.room}>
          {target.room}
        </dd>
      </dl>
      {namesakes > 0 ? <Warning words={text.dialog.namesakes(namesakes)} testid="namesakes" /> : null}
      {gone ? <Warning words={text.dialog.gone} testid="gone" /> : null}
      <TextInput
        data-autofocus
        data-testid="reason"
        label={text.dialog.reason}
        description={text.dialog.reasonHint}
        dir="auto"
        maxLength={500}
        autoComplete="off"
        withAsterisk={isNeeded}
        aria-required={isNeeded}
        value={reason}
        error={tried && isMissing ? text.dialog.reasonNeeded : null}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {recent.length > 0 ? (
        <div className={classes.recent} role="group" aria-label={text.dialog.recent}>
          {recent.map((known) => (
            <UnstyledButton key={known} className={classes.known} dir="auto" title={known} onClick={() => setReason(known)}>
              {known}
            </UnstyledButton>
          ))}
        </div>
      ) : null}
      <p className={classes.consequence}>{texts[deed].consequence}</p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onCancel}>
          {text.dialog.cancel}
        </Button>
        <Button type="submit" color={isNeeded ? 'red.8' : 'accent'} data-testid="confirm">
          {texts[deed].confirm}
        </Button>
      </div>
    </form>
  )
}

function Warning({ words, testid }: { readonly words: string; readonly testid: string }) {
  return (
    <p className={classes.warning} data-testid={testid}>
      <IconAlertTriangle size={15} aria-hidden />
      {words}
    </p>
  )
}
