/** Where a key leads from one tile of a grid to another; null when the key moves nothing. */
export function moveInGrid(key: string, index: number, columns: number, count: number): number | null {
  const step = steps(key, columns)
  if (key === 'Home') return count > 0 ? 0 : null
  if (key === 'End') return count > 0 ? count - 1 : null
  if (step === null) return null
  const next = index + step
  // Down from the row before the last leads to the last tile, even where the last row is shorter.
  if (next >= count) return step === columns && Math.floor(index / columns) < Math.floor((count - 1) / columns) ? count - 1 : null
  return next < 0 ? null : next
}

function steps(key: string, columns: number): number | null {
  switch (key) {
    case 'ArrowLeft':
      return -1
    case 'ArrowRight':
      return 1
    case 'ArrowUp':
      return -columns
    case 'ArrowDown':
      return columns
    default:
      return null
  }
}
