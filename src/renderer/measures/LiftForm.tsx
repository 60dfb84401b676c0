import { useState } from 'react'
import type { Measure } from '#shared/domain/measure.ts'
import { act } from '../app/actions.ts'
import { rememberReason } from '../app/preferences.ts'
import { FormEnd } from '../ui/FormEnd.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { text } from '../ui/text.ts'
import { makeLift } from './change-until.ts'
import { MeasureFacts } from './MeasureFacts.tsx'
import classes from './MeasuresPage.module.css'

const { dialog } = text.measures

/** Says what lifting will do, and lifts. */
export function LiftForm({ measure, onClose }: { readonly measure: Measure; readonly onClose: () => void }) {
  const [reason, setReason] = useState('')
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)

  async function lift() {
    setSending(true)
    setProblem(null)
    rememberReason(reason)
    const { outcome } = await act(makeLift(measure, reason, crypto.randomUUID()))
    setSending(false)
    if (outcome.state === 'failed') setProblem(dialog.liftFailed(outcome.message))
    else onClose()
  }

  return (
    <form
      className={classes.form}
      data-testid="lift-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isSending) void lift()
      }}
    >
      <MeasureFacts measure={measure} />
      <p className={classes.consequence}>{dialog.liftWill[measure.kind]}</p>
      <ReasonField value={reason} onChange={setReason} isNeeded={false} isMissing={false} />
      <FormEnd
        testid="lift"
        problem={problem}
        cancel={dialog.cancel}
        confirm={dialog.confirmLift}
        isSending={isSending}
        onCancel={onClose}
      />
    </form>
  )
}
