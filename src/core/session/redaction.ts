/** Shorter texts and this word are in every sentence: hiding them would garble each message, and they give nothing away. */
const SHORTEST = 6
const plainWords: ReadonlySet<string> = new Set(['secret'])

/** Takes what must stay in this process out of texts that leave it. */
export type Redaction = {
  readonly hide: (secrets: Iterable<string>) => void
  readonly clean: (text: string) => string
}

/** Programs and libraries may quote what they were given; this is the last gate before a log line or a message. */
export function createRedaction(): Redaction {
  const hidden = new Set<string>()
  return {
    hide(secrets) {
      for (const secret of secrets) if (secret.length >= SHORTEST && !plainWords.has(secret)) hidden.add(secret)
    },
    clean(text) {
      let cleaned = text
      for (const secret of [...hidden].toSorted((a, b) => b.length - a.length)) cleaned = cleaned.replaceAll(secret, '[hidden]')
      return cleaned
    },
  }
}
