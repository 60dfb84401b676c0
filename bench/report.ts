/** What a series of measurements comes to, in ms. */
type Spread = { readonly p50: number; readonly p95: number; readonly p99: number }

/** The percentiles of a series (nearest rank); of an empty one NaN. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

/** One line of a table: what was measured, and the row that it is compared to. */
type Row = { readonly name: string; readonly values: readonly number[] }

/** Prints each row's percentiles in ms and their ratio to the first row's: two things of one run on one machine. */
export function printComparison(title: string, rows: readonly Row[]): void {
  const [base] = rows
  if (!base) return
  const against = spread(base.values)
  const compared = rows.length > 1
  const width = Math.max(...rows.map(({ name }) => name.length))
  const line = (name: string, cells: readonly string[]) => `${name.padEnd(width)}  ${cells.map((cell) => cell.padStart(9)).join('')}`
  const lines = rows.map(({ name, values }) => {
    const { p50, p95, p99 } = spread(values)
    const ratios = compared ? [p50 / against.p50, p95 / against.p95] : []
    return line(name, [...[p50, p95, p99].map((ms) => ms.toFixed(1)), ...ratios.map((ratio) => ratio.toFixed(2))])
  })
  const head = line('', ['p50', 'p95', 'p99', ...(compared ? ['p50 x', 'p95 x'] : [])])
  process.stdout.write(`\n${[`${title} (${base.values.length} times, ms)`, head, ...lines].join('\n')}\n`)
}

/** The middle of a series; of an even one the mean of the two middle values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}

/** Something that was promised: at least, or at most, so much. */
type Limit = { readonly what: string; readonly value: number } & ({ readonly atLeast: number } | { readonly atMost: number })

/** Prints whether each limit is kept. A miss is told, not failed on: what else ran on the machine is not known here. */
export function printLimits(limits: readonly Limit[]): void {
  process.stdout.write('\n')
  for (const limit of limits) {
    const kept = 'atLeast' in limit ? limit.value >= limit.atLeast : limit.value <= limit.atMost
    const asked = 'atLeast' in limit ? `at least ${limit.atLeast}` : `at most ${limit.atMost}`
    process.stdout.write(`${kept ? 'PASS' : 'MISS'}  ${limit.what}: ${limit.value.toFixed(2)} (${asked})\n`)
  }
}
