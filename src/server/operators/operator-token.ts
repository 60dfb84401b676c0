import { createHash, randomBytes } from 'node:crypto'

/** A new token: 256 random bits, so that its hash needs no salt and can't be reversed by trying. */
export function createToken(): string {
  return `usher_${randomBytes(32).toString('base64url')}`
}

/** What is stored of a token: its SHA-256, base64url. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** Whether a text could be a token of ours at all. */
export function looksLikeToken(text: string): boolean {
  return /^usher_[\w-]{43}$/.test(text)
}
