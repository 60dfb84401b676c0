/** How much of a word is kept, code points, and how many words of one person. */
const WORD_LENGTH = 64
const WORDS = 24
/** How many words of a search count; each is a look of its own. */
const SEARCH_WORDS = 8

const LAST_CODE_POINT = 0x10ffff
const [FIRST_SURROGATE, AFTER_SURROGATES] = [0xd800, 0xe000]

/** What no database can hold, as what it can: PostgreSQL has no texts with NUL, and half a surrogate pair is no character. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{FFFD}')
}

/** A text without what doesn't matter to who searches: letter case, accents, and how it is composed. */
function fold(text: string): string {
  const plain = storable(text).normalize('NFKD').replaceAll(/\p{M}/gu, '')
  // Upper case first, so that ß is ss; a small sigma looks otherwise at the end of a word, which of a beginning nobody knows.
  return plain.toUpperCase().toLowerCase().replaceAll('ς', 'σ')
}

/** By what somebody is found: the words of the identity and of the name, and of the latter also what follows a hyphen or another mark. */
export function wordsOf(identity: string, name: string): string[] {
  const words = [...spaced(identity), ...spaced(name).flatMap((word) => [word, ...innerWords(word)])]
  return [...new Set(words.map(cut))].slice(0, WORDS)
}

/** The beginnings that somebody's words must all have, by what was typed. None where nothing was. */
export function beginningsOf(search: string): string[] {
  const all = [...new Set(spaced(search).map(cut))].slice(0, SEARCH_WORDS)
  return all.filter((each) => !all.some((other) => other !== each && other.startsWith(each)))
}

/** Whether words have all these beginnings. */
export function hasBeginnings(words: readonly string[], beginnings: readonly string[]): boolean {
  return beginnings.every((beginning) => words.some((word) => word.startsWith(beginning)))
}

/**
 * The first text, compared byte by byte in UTF-8, after all that begin with this one; null where there is none. UTF-8 orders texts by their code points, of which
 * the surrogates are none.
 */
export function endOfBeginning(beginning: string): string | null {
  const points = Array.from(beginning, (character) => character.codePointAt(0) ?? 0)
  while (points.at(-1) === LAST_CODE_POINT) points.pop()
  const last = points.pop()
  if (last === undefined) return null
  const next = last + 1 === FIRST_SURROGATE ? AFTER_SURROGATES : last + 1
  return String.fromCodePoint(...points, next)
}

function spaced(text: string): string[] {
  return fold(text)
    .split(/\s+/u)
    .filter((word) => word !== '')
}

function innerWords(word: string): string[] {
  return [...word.matchAll(/[\p{L}\p{N}]+/gu)].flatMap(({ index }) => (index > 0 ? [word.slice(index)] : []))
}

function cut(word: string): string {
  return Array.from(word).slice(0, WORD_LENGTH).join('')
}
