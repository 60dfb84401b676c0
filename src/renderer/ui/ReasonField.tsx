import { TextInput } from '@mantine/core'
import { usePreferences } from '../app/preferences.ts'
import { Offered } from './Offered.tsx'
import { text } from './text.ts'

const words = text.reason

type ReasonProps = {
  readonly value: string
  readonly onChange: (value: string) => void
  /** Nothing is done without it. */
  readonly isNeeded: boolean
  /** It was tried without one, where it is needed. */
  readonly isMissing: boolean
  /** It has the focus when its dialog opens. */
  readonly hasFocus?: boolean
  readonly testid?: string
}

/** Why something is done; the reasons given last are one click away. */
export function ReasonField({ value, onChange, isNeeded, isMissing, hasFocus = true, testid = 'reason' }: ReasonProps) {
  const recent = usePreferences((state) => state.recentReasons)
  return (
    <>
      <TextInput
        {...(hasFocus && { 'data-autofocus': true })}
        data-testid={testid}
        label={isNeeded ? words.label : words.optional}
        description={words.hint}
        dir="auto"
        maxLength={500}
        autoComplete="off"
        withAsterisk={isNeeded}
        aria-required={isNeeded}
        value={value}
        error={isMissing ? words.needed : null}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <Offered label={words.recent} values={recent} onChoose={onChange} />
    </>
  )
}
