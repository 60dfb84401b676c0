/** Where the mark goes with a key, in a list of so many (-1: nowhere yet); null where the key moves nothing. */
export function nextIndex(key: string, index: number, count: number): number | null {
  if (count === 0) return null
  if (key === 'ArrowDown') return Math.min(index + 1, count - 1)
  if (key === 'ArrowUp') return Math.max(index - 1, 0)
  return null
}
