import type { SecretStore } from '../ports.ts'

/** For tests: a secret store in memory, with every text that was written to it. */
export function createMemorySecrets(text: string | null = null): SecretStore & { readonly written: string[] } {
  const written: string[] = []
  return {
    written,
    read: async () => written.at(-1) ?? text,
    write: async (next) => void written.push(next),
  }
}
