/** Whether a log id (`ms-sequence`, as Redis streams have it) comes before another. */
export function isBefore(id: string, than: string): boolean {
  const dash = id.indexOf('-')
  // Ids of these years have as many digits before the dash, and mostly behind it.
  if (id.length === than.length && dash === than.indexOf('-')) return id < than
  const [ms = 0, sequence = 0] = id.split('-').map(Number)
  const [thanMs = 0, thanSequence = 0] = than.split('-').map(Number)
  return ms < thanMs || (ms === thanMs && sequence < thanSequence)
}
