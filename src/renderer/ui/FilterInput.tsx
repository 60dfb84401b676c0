import { CloseButton, TextInput, type TextInputProps } from '@mantine/core'

type FilterProps = Omit<TextInputProps, 'value' | 'onChange' | 'aria-label' | 'placeholder'> & {
  readonly label: string
  readonly clearLabel: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A small field for a text to look for, which can be cleared; `rightSection` is shown while it is empty. */
export function FilterInput({ label, clearLabel, value, onChange, rightSection, ...input }: FilterProps) {
  return (
    <TextInput
      size="xs"
      dir="auto"
      maxLength={200}
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSection={value === '' ? rightSection : <CloseButton size="xs" aria-label={clearLabel} onClick={() => onChange('')} />}
      {...input}
    />
  )
}
