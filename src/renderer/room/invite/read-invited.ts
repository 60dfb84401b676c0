import { invitesSchema, type Invites } from '#shared/contract/http-people.ts'
import { describeIssue, fail, succeed, type Result } from '#shared/domain/failure.ts'

/** What is typed to invite people: a line each, the identity and, after a comma, the name. */
export type InviteDraft = { readonly people: string; readonly role: string; readonly canSpeak: boolean; readonly canVideo: boolean }

export const emptyInvite: InviteDraft = { people: '', role: '', canSpeak: false, canVideo: false }

/** Who is to be invited as what; each identity once, the first line of it holds. A failure is one line about what was typed; nobody at all is a failure, too. */
export function readInvited({ people, role, canSpeak, canVideo }: InviteDraft): Result<Invites> {
  const named = new Map<string, string>()
  for (const line of people.split('\n')) {
    const comma = line.indexOf(',')
    const identity = (comma < 0 ? line : line.slice(0, comma)).trim()
    if (identity !== '' && !named.has(identity)) named.set(identity, comma < 0 ? '' : line.slice(comma + 1).trim())
  }
  const shared = { ...(role.trim() === '' ? {} : { role: role.trim() }), canSpeak, canVideo }
  const parsed = invitesSchema.safeParse({
    people: [...named].map(([identity, name]) => ({ identity, ...(name === '' ? {} : { name }), ...shared })),
  })
  return parsed.success ? succeed(parsed.data) : fail('invalid', describeIssue(parsed.error))
}
