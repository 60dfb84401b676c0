/** An object of protobuf's JSON, whose fields may be named as in JSON (`roomName`) or as in the definition (`room_name`). */
export type Message = { readonly [field: string]: unknown }

/** That a field holds what its type can't. */
export class Malformed extends Error {}

/** The readers of this file take a field by both its names, and read one that is missing or null as its type's default. */
function field(message: Message, jsonName: string, name: string): unknown {
  const value = message[jsonName]
  return value === undefined && name !== jsonName ? message[name] : value
}

export function readText(message: Message, jsonName: string, name = jsonName): string {
  const value = field(message, jsonName, name)
  if (value === undefined || value === null) return ''
  return toText(value, jsonName)
}

export function readFlag(message: Message, jsonName: string, name = jsonName): boolean {
  const value = field(message, jsonName, name)
  if (value === undefined || value === null) return false
  if (typeof value !== 'boolean') throw new Malformed(jsonName)
  return value
}

/** A uint32: a number, or a text of one. */
export function readCount(message: Message, jsonName: string, name = jsonName): number {
  const value = field(message, jsonName, name)
  if (value === undefined || value === null) return 0
  const number = typeof value === 'string' && value !== '' && value.trim() === value ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > 0xff_ff_ff_ff) throw new Malformed(jsonName)
  return number
}

/** An int64 that is a time: a text of a number, or a number. None that a number can't hold exactly is a time. */
export function readTime(message: Message, jsonName: string, name = jsonName): number {
  const value = field(message, jsonName, name)
  if (value === undefined || value === null) return 0
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw new Malformed(jsonName)
  return number
}

/** A value of an enumeration, by number or by name. A name that is newer than this program counts as none: 0. */
export function readEnumeration(message: Message, values: Readonly<Record<string, unknown>>, jsonName: string): number {
  const value = message[jsonName]
  return value === undefined || value === null ? 0 : (toEnumeration(value, values, jsonName) ?? 0)
}

/** Several values of an enumeration; names that are newer than this program are left out. */
export function readEnumerations(message: Message, values: Readonly<Record<string, unknown>>, jsonName: string, name: string): number[] {
  const read: number[] = []
  for (const each of toList(field(message, jsonName, name), jsonName)) {
    const value = toEnumeration(each, values, jsonName)
    if (value !== null) read.push(value)
  }
  return read
}

export function readMessage(message: Message, jsonName: string, name = jsonName): Message | null {
  const value = field(message, jsonName, name)
  return value === undefined || value === null ? null : toMessage(value, jsonName)
}

export function readMessages(message: Message, jsonName: string): Message[] {
  return toList(message[jsonName], jsonName).map((each) => toMessage(each, jsonName))
}

/** A map of texts. The one key that JavaScript can't hold in an object, `__proto__`, is left out. */
export function readTexts(message: Message, jsonName: string): Record<string, string> {
  const map = readMessage(message, jsonName)
  const texts: Record<string, string> = {}
  for (const key in map) if (key !== '__proto__') texts[toText(key, jsonName)] = toText(map[key], jsonName)
  return texts
}

/** Anything JSON can say, as a message; only an object is one. */
export function toMessage(value: unknown, what: string): Message {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed(what)
  // An object of JSON: its fields hold whatever came.
  return value as Message
}

function toList(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new Malformed(what)
  return value
}

/** Half of a pair of UTF-16 is no text: in Redis it would come to be another. */
function toText(value: unknown, what: string): string {
  if (typeof value !== 'string' || !value.isWellFormed()) throw new Malformed(what)
  return value
}

function toEnumeration(value: unknown, values: Readonly<Record<string, unknown>>, what: string): number | null {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (typeof value !== 'string') throw new Malformed(what)
  const number = Object.hasOwn(values, value) ? values[value] : null
  // A TypeScript enumeration also leads from its numbers back to its names.
  return typeof number === 'number' ? number : null
}
