/** How many rows or keys one statement names: SQLite takes 32,766 values and PostgreSQL 65,535, and a row here has ten at the most. */
const AT_ONCE = 500

/** A list in parts that one statement can take, in order; or of another size. None where it is empty. */
export function inParts<T>(whole: readonly T[], size = AT_ONCE): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(whole.length / size) }, (_none, index) => whole.slice(index * size, (index + 1) * size))
}
