import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLogFile } from './log-file.ts'

describe('a log file', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usher-log-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  async function append(file: string, text: string): Promise<void> {
    const log = openLogFile(file)
    log.end(text)
    await once(log, 'close')
  }

  it('is appended to, and can be read by its owner alone', async () => {
    const file = join(folder, 'logs', 'main.log')
    await append(file, 'one\n')
    await append(file, 'two\n')
    expect(await readFile(file, 'utf8')).toBe('one\ntwo\n')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('is moved aside once it is over 5 MB', async () => {
    const file = join(folder, 'main.log')
    await writeFile(file, 'x'.repeat(5_000_001))
    await append(file, 'new\n')
    expect(await readFile(file, 'utf8')).toBe('new\n')
    expect((await stat(`${file}.1`)).size).toBe(5_000_001)
  })

  it('that cannot be written takes nobody down', async () => {
    await writeFile(join(folder, 'no-folder'), '')
    const log = openLogFile(join(folder, 'no-folder', 'main.log'))
    const closed = new Promise<void>((resolve) => log.once('close', resolve))
    log.write('lost\n')
    await closed
    expect(log.errored).not.toBeNull()
  })
})
