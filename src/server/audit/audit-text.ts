import { z } from 'zod'

/**
 * The free text of a row. `why`: what was said of a refusal or failure. `messages`: what was said of each target, by its position. A target's own identity is left out of these: a row
 * about several people outlives the erasing of one of them.
 */
const auditTextSchema = z.object({
  reason: z.string().optional(),
  text: z.string().optional(),
  why: z.string().optional(),
  messages: z.array(z.string().nullable()).optional(),
})
export type AuditText = Readonly<z.infer<typeof auditTextSchema>>
const storedText = auditTextSchema.catch({})

/** What stands in a message where the identity was. */
const SOMEBODY = '\uFFFC'

/** As it is stored and hashed; empty where it says nothing. */
export function writeText(text: AuditText): string {
  const written = JSON.stringify(text)
  return written === '{}' ? '' : written
}

/** A text that can't be read says nothing. */
export function readText(stored: string | undefined): AuditText {
  if (stored === undefined) return {}
  try {
    return storedText.parse(JSON.parse(stored))
  } catch {
    return {}
  }
}

export function withoutIdentity(message: string, identity: string): string {
  return identity === '' ? message : message.replaceAll(identity, SOMEBODY)
}

/** `identity` null: that person was erased. */
export function withIdentity(message: string, identity: string | null): string {
  return message.replaceAll(SOMEBODY, identity ?? 'somebody')
}
