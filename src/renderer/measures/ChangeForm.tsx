import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Measure } from '#shared/domain/measure.ts'
import { whyNotMeasure } from '#shared/domain/operator.ts'
import { rememberReason } from '../app/preferences.ts'
import { useClock } from '../app/clock.ts'
import { useSession } from '../app/session.ts'
import type { Reading } from '../app/useReading.ts'
import { formatField, formatSpan } from '../ui/format.ts'
import { FormEnd } from '../ui/FormEnd.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { text } from '../ui/text.ts'
import { chosenUntil, fits, presets, whyNotUntil, type Choice } from './change-until.ts'
import { describeUntil, timeLeft } from './measure-view.ts'
import { MeasureFacts } from './MeasureFacts.tsx'
import classes from './MeasuresPage.module.css'
import { Outrun } from './Outrun.tsx'
import { useChange } from './useChange.ts'

const { dialog } = text.measures

type FormProps = { readonly measure: Measure; readonly newest: Reading<readonly Measure[]>; readonly onClose: () => void }

/** Chooses a new end for a measure, longer or shorter, and why. */
export function ChangeForm({ measure, newest, onClose }: FormProps) {
  const operator = useSession((state) => state.operator)
  const [choice, setChoice] = useState<Choice | null>(null)
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const change = useChange(measure, newest, onClose)
  const now = useClock((clock) => clock.now)
  const until = choice === null ? undefined : chosenUntil(choice, measure, now)
  const problem = whyNotUntil(until, measure, now) ?? (operator === null ? null : whyNotMeasure(operator, measure, until, now))
  const isReasonMissing = reason.trim() === ''

  if (change.current.state === 'outrun') {
    const { wanted, why } = change.current
    return (
      <Outrun
        theirs={change.theirs}
        unread={newest.failure?.message ?? null}
        onReadAgain={newest.again}
        wanted={wanted}
        why={why}
        onGoOn={(theirs) => void change.send(theirs, wanted, reason)}
        onLeave={onClose}
      />
    )
  }

  function submit() {
    setTried(true)
    if (problem !== null || isReasonMissing || until === undefined || change.current.state === 'sending') return
    rememberReason(reason)
    void change.send(measure, until, reason)
  }

  const failure = change.current.state === 'editing' && change.current.problem !== null ? dialog.failed(change.current.problem) : null
  return (
    <form
      className={classes.form}
      data-testid="change-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <MeasureFacts measure={measure}>
        <dt>{dialog.now}</dt>
        <dd>
          {describeUntil(measure.until)}
          {measure.until === null ? null : <span className={classes.difference}> · {timeLeft(measure, now)}</span>}
        </dd>
        <dt>{dialog.newTime}</dt>
        <dd data-testid="new-until">
          {until === undefined ? '—' : describeUntil(until)}
          <span className={classes.difference}>{describeDifference(until, measure.until)}</span>
        </dd>
      </MeasureFacts>
      <div className={classes.presets} role="group" aria-label={dialog.presets}>
        {presets
          .filter((preset) => fits(preset, measure))
          .map((preset) => (
            <Button
              key={preset}
              size="compact-sm"
              variant={choice?.by === preset ? 'filled' : 'default'}
              aria-pressed={choice?.by === preset}
              onClick={() => setChoice({ by: preset })}
              data-testid={`until-${preset}`}
            >
              {dialog[preset]}
            </Button>
          ))}
      </div>
      <TextInput
        type="datetime-local"
        label={dialog.custom}
        value={choice?.by === 'field' ? choice.field : until == null ? '' : formatField(until)}
        onChange={(event) => setChoice({ by: 'field', field: event.currentTarget.value })}
        error={tried || choice !== null ? problem : null}
        data-testid="until-field"
      />
      <ReasonField testid="change-reason" value={reason} onChange={setReason} isNeeded isMissing={tried && isReasonMissing} />
      <FormEnd
        testid="change"
        problem={failure}
        cancel={dialog.cancel}
        confirm={dialog.confirmChange}
        isSending={change.current.state === 'sending'}
        onCancel={onClose}
      />
    </form>
  )
}

function describeDifference(until: number | null | undefined, before: number | null): string {
  if (until == null || before === null || until === before) return ''
  const span = formatSpan(Math.abs(until - before))
  return ` · ${until > before ? dialog.longer(span) : dialog.shorter(span)}`
}
