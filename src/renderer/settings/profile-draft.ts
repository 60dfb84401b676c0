import { describeIssue } from '#shared/domain/failure.ts'
import { profileSchema, type Profile, type ProfileKind } from '#shared/domain/profile.ts'
import { text } from '../ui/text.ts'

export type FieldName = 'name' | 'livekitUrl' | 'apiKey' | 'apiSecret' | 'redisUrl' | 'serverUrl' | 'token'

export type Field = {
  readonly name: FieldName
  readonly label: string
  readonly placeholder: string
  readonly secret: boolean
  readonly optional: boolean
}

/** What a form holds: plain texts, some of them still wrong. */
export type Draft = { readonly id: string; readonly kind: ProfileKind; readonly values: Readonly<Record<FieldName, string>> }

const { form } = text.settings

const name: Field = { name: 'name', label: form.name, placeholder: '', secret: false, optional: false }

export const fieldsOf: Record<ProfileKind, readonly Field[]> = {
  demo: [name],
  direct: [
    name,
    { name: 'livekitUrl', label: form.livekitUrl, placeholder: 'wss://livekit.example.org', secret: false, optional: false },
    { name: 'apiKey', label: form.apiKey, placeholder: 'API…', secret: false, optional: false },
    { name: 'apiSecret', label: form.apiSecret, placeholder: '', secret: true, optional: false },
    { name: 'redisUrl', label: form.redisUrl, placeholder: 'redis://localhost:6379', secret: false, optional: true },
  ],
  team: [
    name,
    { name: 'serverUrl', label: form.serverUrl, placeholder: 'https://usher.example.org', secret: false, optional: false },
    { name: 'token', label: form.token, placeholder: '', secret: true, optional: false },
  ],
}

export function newDraft(kind: ProfileKind, id: string, named: string, address: string | null): Draft {
  return {
    id,
    kind,
    values: { name: named, livekitUrl: address ?? '', serverUrl: address ?? '', apiKey: '', apiSecret: '', redisUrl: '', token: '' },
  }
}

export type Checked =
  { readonly ok: true; readonly profile: Profile } | { readonly ok: false; readonly errors: Readonly<Partial<Record<FieldName, string>>> }

/** The profile a draft describes, or what is wrong with each field. */
export function checkDraft(draft: Draft): Checked {
  const { values } = draft
  const parsed = profileSchema.safeParse({
    ...values,
    kind: draft.kind,
    id: draft.id,
    redisUrl: values.redisUrl.trim() === '' ? null : values.redisUrl.trim(),
    livekitUrl: values.livekitUrl.trim(),
    serverUrl: values.serverUrl.trim(),
  })
  if (parsed.success) return { ok: true, profile: parsed.data }
  const errors: Partial<Record<FieldName, string>> = {}
  for (const field of fieldsOf[draft.kind]) {
    const issue = parsed.error.issues.find((candidate) => candidate.path[0] === field.name)
    if (issue !== undefined) errors[field.name] = values[field.name].trim() === '' ? text.settings.form.missing : issue.message
  }
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: false, errors: { name: describeIssue(parsed.error) } }
}
