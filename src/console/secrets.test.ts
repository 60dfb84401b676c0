import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSecretStore } from './secrets.ts'
import { makeFolder } from './test-kit.ts'

function log(): void {}

async function mode(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777
}

describe('the secret store', () => {
  it('holds nothing at first', async () => {
    expect(await createSecretStore(await makeFolder(), log).read()).toBeNull()
  })

  it('gives back what was written, to the next start as well', async () => {
    const folder = await makeFolder()
    await createSecretStore(folder, log).write('{"apiSecret":"söcret"}')
    expect(await createSecretStore(folder, log).read()).toBe('{"apiSecret":"söcret"}')
  })

  it('never holds the text itself, and can be read by its owner alone', async () => {
    const folder = join(await makeFolder(), 'usher')
    await createSecretStore(folder, log).write('topsecret')
    for (const name of ['profiles.enc', 'profiles.key']) {
      expect((await readFile(join(folder, name))).includes('topsecret')).toBe(false)
      expect(await mode(join(folder, name))).toBe(0o600)
    }
    expect(await mode(folder)).toBe(0o700)
  })

  it('narrows a folder that others could enter', async () => {
    const folder = await makeFolder()
    await chmod(folder, 0o755)
    await createSecretStore(folder, log).write('text')
    expect(await mode(folder)).toBe(0o700)
  })

  it('keeps the last of many writes at once, whole, and leaves no temporary file', async () => {
    const folder = await makeFolder()
    const store = createSecretStore(folder, log)
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.write(`text ${index}`)))
    expect(await store.read()).toBe('text 19')
    expect((await readdir(folder)).toSorted()).toEqual(['profiles.enc', 'profiles.key'])
  })

  it('says so in one line when the file was changed or its key is gone, and does not write over it by reading', async () => {
    const folder = await makeFolder()
    const store = createSecretStore(folder, log)
    await store.write('text')
    const sealed = await readFile(join(folder, 'profiles.enc'))
    const last = sealed.length - 1
    sealed.writeUInt8(sealed.readUInt8(last) ^ 1, last)
    await writeFile(join(folder, 'profiles.enc'), sealed)
    await expect(store.read()).rejects.toThrow(/can't be read: .* Move both away/)
    await rm(join(folder, 'profiles.key'))
    await expect(store.read()).rejects.toThrow(/can't be read/)
  })
})
