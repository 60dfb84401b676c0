import type { z } from 'zod'

/** A JSON text of a known shape; null where it is anything else. */
export function decodeJson<T extends z.ZodType>(schema: T, text: string): z.infer<T> | null {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
