/** A path with names in it that may hold anything. Null: it can't be written as a path. */
export type Path = {
  readonly plain: () => string | null
  /** With a query of what is not `undefined`. */
  readonly query: (fields: Readonly<Record<string, string | number | undefined>>) => string | null
}

/**
 * A tag for templates: each name is encoded, so that slashes, emoji and right-to-left letters stay in their segment. `.` and `..` would lead elsewhere whichever way they are
 * written, because URLs resolve them even when they are encoded.
 */
export function pathWith(parts: TemplateStringsArray, ...names: readonly string[]): Path {
  const isWritable = !names.some((name) => name === '.' || name === '..' || name === '')
  const path = String.raw({ raw: parts }, ...names.map((name) => encodeURIComponent(name.toWellFormed())))
  return {
    plain: () => (isWritable ? path : null),
    query(fields) {
      if (!isWritable) return null
      const query = new URLSearchParams()
      for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, String(value))
      return query.size === 0 ? path : `${path}?${query}`
    },
  }
}
