import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createPrivateFile, makePrivateFolder, readFileIfThere, writePrivateFile } from '#core/hosting/private-file.ts'
import { keepInOrder } from '#core/hosting/keep-in-order.ts'
import type { Log, SecretStore } from '#core/ports.ts'

/** The file starts with this: the form of what follows (12 bytes nonce, 16 bytes tag, ciphertext), authenticated with it. */
const HEADER = Buffer.from('USHER1')
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/**
 * Profiles in an AES-256-GCM file with its key beside it, both readable by their owner alone. That keeps them out of backups of one file,
 * search indexes and screens; against a program of the same user only a system's keychain helps, which the desktop app uses. Reading throws
 * one plain line when the file is there but can't be opened: losing profiles silently would be worse.
 */
export function createSecretStore(folder: string, log: Log): SecretStore {
  const file = join(folder, 'profiles.enc')
  const keyFile = join(folder, 'profiles.key')

  async function read(): Promise<string | null> {
    const sealed = await readFileIfThere(file)
    if (sealed === null) return null
    const key = await readFileIfThere(keyFile)
    const text = key === null ? null : unseal(sealed, key)
    if (text !== null) return text
    throw new Error(
      `The saved profiles in ${file} can't be read: their key is missing or one of the two is damaged. Move both away to start anew.`,
    )
  }

  async function write(text: string): Promise<void> {
    await makePrivateFolder(folder)
    await writePrivateFile(file, seal(text, await takeKey(keyFile)))
  }

  return keepInOrder({ read, write }, log)
}

async function takeKey(keyFile: string): Promise<Buffer> {
  const present = await readFileIfThere(keyFile)
  if (present?.length === KEY_BYTES) return present
  if (present !== null) throw new Error(`The key in ${keyFile} is damaged. Move it away to start anew.`)
  const key = randomBytes(KEY_BYTES)
  // Of two that start at once, only one makes the key.
  await createPrivateFile(keyFile, key)
  return key
}

function seal(text: string, key: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(HEADER)
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([HEADER, nonce, cipher.getAuthTag(), ciphertext])
}

function unseal(sealed: Buffer, key: Buffer): string | null {
  const nonceAt = HEADER.length
  const tagAt = nonceAt + NONCE_BYTES
  const textAt = tagAt + TAG_BYTES
  if (sealed.length < textAt || !sealed.subarray(0, nonceAt).equals(HEADER)) return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(nonceAt, tagAt), { authTagLength: TAG_BYTES })
    decipher.setAAD(HEADER).setAuthTag(sealed.subarray(tagAt, textAt))
    return Buffer.concat([decipher.update(sealed.subarray(textAt)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}
