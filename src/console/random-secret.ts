import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits, fit for a URL, a cookie and a header. */
export function createSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What is kept instead of a secret: looking one up by its digest takes the same time whatever was guessed. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Compares without telling by its duration how much was right. */
export function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(a)), Buffer.from(digestOf(b)))
}
