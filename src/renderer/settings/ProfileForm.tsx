import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Profile } from '#shared/domain/profile.ts'
import { text } from '../ui/text.ts'
import { checkDraft, fieldsOf, type Draft, type Field, type FieldName } from './profile-draft.ts'
import { testProfile, type Trouble } from './profiles.ts'
import { Report } from '../ui/Report.tsx'
import classes from './Settings.module.css'

type Outcome = { readonly ok: boolean; readonly message: string }
type FormProps = {
  readonly draft: Draft
  readonly saveLabel?: string
  readonly onSave: (profile: Profile) => Promise<Trouble>
  readonly onCancel: () => void
}

/** A profile's fields; "Test connection" tries them as they stand, and saves nothing. */
export function ProfileForm(props: FormProps) {
  const [draft, setDraft] = useState(props.draft)
  const [errors, setErrors] = useState<Readonly<Partial<Record<FieldName, string>>>>({})
  const [busy, setBusy] = useState<'test' | 'save' | null>(null)
  const [report, setReport] = useState<Outcome | null>(null)

  async function run(kind: 'test' | 'save', task: (profile: Profile) => Promise<Outcome | null>) {
    const checked = checkDraft(draft)
    setErrors(checked.ok ? {} : checked.errors)
    if (!checked.ok || busy !== null) return
    setBusy(kind)
    setReport(null)
    setReport(await task(checked.profile))
    setBusy(null)
  }
  async function save(profile: Profile): Promise<Outcome | null> {
    const trouble = await props.onSave(profile)
    return trouble === null ? null : { ok: false, message: trouble }
  }

  return (
    <form
      className={classes.form}
      data-testid="profile-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void run('save', save)
      }}
    >
      <h3 className={classes.formTitle}>{text.settings.form[draft.kind]}</h3>
      {fieldsOf[draft.kind].map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          value={draft.values[field.name]}
          error={errors[field.name] ?? null}
          onChange={(value) => {
            setDraft({ ...draft, values: { ...draft.values, [field.name]: value } })
            // What was tested is not what stands there now.
            setReport(null)
          }}
        />
      ))}
      {report === null ? null : <Report {...report} testid="test-result" />}
      <div className={classes.buttons}>
        <Button type="submit" loading={busy === 'save'} data-testid="profile-save">
          {props.saveLabel ?? text.settings.form.save}
        </Button>
        {draft.kind === 'demo' ? null : (
          <Button variant="default" loading={busy === 'test'} onClick={() => void run('test', testProfile)} data-testid="profile-test">
            {text.settings.form.test}
          </Button>
        )}
        <Button variant="subtle" color="gray" onClick={props.onCancel}>
          {text.settings.form.cancel}
        </Button>
      </div>
    </form>
  )
}

function FieldInput(props: {
  readonly field: Field
  readonly value: string
  readonly error: string | null
  readonly onChange: (value: string) => void
}) {
  const { field } = props
  const common = {
    label: field.label,
    placeholder: field.placeholder,
    value: props.value,
    error: props.error,
    withAsterisk: !field.optional,
    autoComplete: 'off',
    spellCheck: false,
    'data-testid': `field-${field.name}`,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => props.onChange(event.currentTarget.value),
  }
  return field.secret ? <PasswordInput {...common} description={text.settings.form.secretHint} /> : <TextInput {...common} />
}
