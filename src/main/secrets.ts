import { safeStorage } from 'electron'
import { join } from 'node:path'
import { readFileIfThere, writePrivateFile } from '#core/hosting/private-file.ts'
import { keepInOrder } from '#core/hosting/keep-in-order.ts'
import type { Log, SecretStore } from '#core/ports.ts'

/**
 * Profiles in a file that the system's keychain locks. Without a keychain nothing is written: there is no plaintext to fall back to.
 * Throws one plain line.
 */
export function createSecretStore(folder: string, log: Log): SecretStore {
  const file = join(folder, 'profiles.safe')

  async function read(): Promise<string | null> {
    const sealed = await readFileIfThere(file)
    if (sealed === null) return null
    await requireEncryption()
    try {
      return (await safeStorage.decryptStringAsync(sealed)).result
    } catch {
      throw new Error(
        `The saved profiles in ${file} can't be read: this system's keychain no longer opens them. Move the file away to start anew.`,
      )
    }
  }

  async function write(text: string): Promise<void> {
    await requireEncryption()
    await writePrivateFile(file, await safeStorage.encryptStringAsync(text))
  }

  return keepInOrder({ read, write }, log)
}

async function requireEncryption(): Promise<void> {
  // `basic_text` encrypts with a password that everybody knows.
  const pretended = process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text'
  if (pretended || !(await safeStorage.isAsyncEncryptionAvailable())) {
    throw new Error('This system offers no keychain to keep secrets in: unlock or install one (GNOME Keyring or KWallet), then try again')
  }
}
