import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes a folder that only its owner can enter, or narrows one that exists. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
}

/** Writes a new file, readable by its owner alone; rejects where there is one. */
export async function createPrivateFile(file: string, content: Uint8Array | string): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Replaces a file whole, readable by its owner alone: a crash leaves the old one or the new one, never half of it. */
export async function writePrivateFile(file: string, content: Uint8Array | string): Promise<void> {
  await makePrivateFolder(dirname(file))
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await createPrivateFile(temporary, content)
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** The file's bytes, or null when there is none. */
export async function readFileIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file)
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
