const HIDDEN = '[hidden]'
/** A shorter secret would be found in ordinary words. */
const SHORTEST = 6

/** Fields whose value is hidden whatever it is. */
const secretName = /authorization|cookie|token|ticket|secret|passw|credential|jwt|api[-_]?key/i
const name = String.raw`[\w-]*(?:token|ticket|secret|passw(?:or)?d|api[-_]?key)[\w-]*`

/** What gives a secret away inside a text, and what stands in its place. A quote may be escaped, as in JSON within a text. */
const patterns: readonly (readonly [RegExp, string])[] = [
  // The user and password of an address.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>]*@/gi, `$1${HIDDEN}@`],
  [/\bbearer\s+[^\s"',\\]+/gi, `Bearer ${HIDDEN}`],
  [/\b(authorization\\*["']?\s*[:=]\s*\\*["']?)(?:(?:basic|digest)\s+)?[^\s"',\\]+/gi, `$1${HIDDEN}`],
  // JSON web tokens, also cut off ones, and the tokens of operators.
  [/\beyJ[\w-]{6,}(?:\.[\w-]*){0,2}/g, HIDDEN],
  [/\busher_[\w-]{40,}/g, HIDDEN],
  // name=value, as in a query, also encoded; "name": "value" and name: 'value', as in JSON and in what Node prints.
  [new RegExp(String.raw`\b(${name})(=|%3D)[^\s&"',;\\}]*`, 'gi'), `$1$2${HIDDEN}`],
  [new RegExp(String.raw`(\\*["']${name}\\*["']\s*:\s*)(?:\\*"(?:[^"\\]|\\[^"])*\\*"|'[^']*'|[^\s,}]+)`, 'gi'), `$1${HIDDEN}`],
  [new RegExp(String.raw`\b(${name}\s*:\s*)(?:"[^"]*"|'[^']*')`, 'gi'), `$1${HIDDEN}`],
]

/** Hides whatever may be a secret in a value that JSON can say: fields by their names, texts by what is in them, and the `known` secrets wherever they are. */
export function createRedaction(known: Iterable<string>): (value: unknown) => unknown {
  const literal = [...known]
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((secret) => secret.length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length)

  function cleanText(text: string): string {
    let cleaned = text
    for (const secret of literal) cleaned = cleaned.replaceAll(secret, HIDDEN)
    for (const [pattern, instead] of patterns) cleaned = cleaned.replace(pattern, instead)
    return cleaned
  }

  function clean(value: unknown): unknown {
    if (typeof value === 'string') return cleanText(value)
    if (Array.isArray(value)) return value.map(clean)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [cleanText(key), isSecret(key, field) ? HIDDEN : clean(field)]))
  }
  return clean
}

function isSecret(key: string, field: unknown): boolean {
  return secretName.test(key) && (typeof field === 'string' || (typeof field === 'object' && field !== null))
}
