import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { retentionDaysSchema } from '#shared/contract/http-settings.ts'
import { text } from '../../ui/text.ts'
import classes from './Moderation.module.css'

const words = text.enforcement

type RetentionProps = { readonly value: number; readonly isDisabled: boolean; readonly onChange: (days: number) => Promise<void> }

/** How many days what people did is kept; a shorter time says what it deletes before it is saved. */
export function RetentionDays({ value, isDisabled, onChange }: RetentionProps) {
  const [written, setWritten] = useState(String(value))
  const parsed = retentionDaysSchema.safeParse(written.trim() === '' ? Number.NaN : Number(written))
  const isChanged = parsed.success && parsed.data !== value
  return (
    <form
      className={classes.retention}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (isChanged && !isDisabled) void onChange(parsed.data)
      }}
    >
      <TextInput
        className={classes.days}
        size="xs"
        inputMode="numeric"
        label={words.retention}
        description={words.retentionHelp}
        value={written}
        error={parsed.success ? null : words.retentionInvalid}
        disabled={isDisabled}
        onChange={(event) => setWritten(event.currentTarget.value)}
        data-testid="retention-days"
      />
      {isChanged ? (
        <>
          {parsed.data < value ? <p className={classes.warning}>{words.retentionShorter(words.days(parsed.data))}</p> : null}
          <Button size="xs" type="submit" disabled={isDisabled} data-testid="retention-save">
            {words.save}
          </Button>
        </>
      ) : null}
    </form>
  )
}
