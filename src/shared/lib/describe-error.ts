/** What a thrown value says, for a log or a person. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
