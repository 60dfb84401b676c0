import { stat, writeFile } from 'node:fs/promises'
import { describe, expect, it, vi } from 'vitest'
import { startConsole } from './console.ts'
import { askForLink, removeControl, writeControl } from './control-file.ts'
import { LINK_PATH } from './http.ts'
import { ask, makeFolder, startTestConsole } from './test-kit.ts'
import { readFileIfThere } from '#core/hosting/private-file.ts'

describe('the link command', () => {
  it('gets a new link from the running console, good once', async () => {
    const { console, port, controlFile } = await startTestConsole()
    const link = await askForLink(controlFile)
    expect(link).toMatchObject({ ok: true })
    const url = new URL(link.ok ? link.value : '')
    expect(url.port).toBe(String(port))
    expect(link.ok && link.value).not.toBe(console.newLink())
    expect((await ask(port, url.pathname + url.search)).status).toBe(303)
    expect((await ask(port, url.pathname + url.search)).status).toBe(401)
  })

  it('says in one line that none runs: never started, ended, crashed, or a damaged file', async () => {
    const folder = await makeFolder()
    expect(await askForLink(`${folder}/console.json`)).toMatchObject({
      ok: false,
      message: 'No Usher is running in a browser here: start it with npm start',
    })
    const { close, controlFile } = await startTestConsole()
    const control = await readFileIfThere(controlFile)
    await close()
    expect(await readFileIfThere(controlFile)).toBeNull()
    await writeFile(controlFile, control ?? '')
    expect(await askForLink(controlFile)).toMatchObject({ ok: false })
    await writeFile(controlFile, '{"url":"http://evil.example","secret":"x"}')
    expect(await askForLink(controlFile)).toMatchObject({ ok: false })
  })

  it('is refused without the control secret, and to any page', async () => {
    const { port, controlFile } = await startTestConsole()
    const secret = /"secret":"([^"]+)"/.exec(String(await readFileIfThere(controlFile)))?.[1] ?? ''
    expect((await ask(port, LINK_PATH, {}, 'POST')).status).toBe(401)
    expect((await ask(port, LINK_PATH, { authorization: 'Bearer guess' }, 'POST')).status).toBe(401)
    expect((await ask(port, LINK_PATH, { authorization: `Bearer ${secret}`, origin: `http://127.0.0.1:${port}` }, 'POST')).status).toBe(401)
    expect((await ask(port, LINK_PATH, { authorization: `Bearer ${secret}`, host: 'evil.example' }, 'POST')).status).toBe(403)
    expect((await ask(port, LINK_PATH, { authorization: `Bearer ${secret}` })).status).toBe(401)
    expect((await ask(port, LINK_PATH, { authorization: `Bearer ${secret}` }, 'POST')).status).toBe(200)
  })

  it('is not to be had where the file cannot be written: then nothing stays behind', async () => {
    const folder = await makeFolder()
    const dispose = vi.fn(() => Promise.resolve())
    const started = startConsole({
      port: 0,
      page: { root: folder, bridge: folder },
      // A folder lies where the file should.
      controlFile: folder,
      createCore: () => Promise.resolve({ connect: vi.fn(), dispose }),
      log: () => undefined,
    })
    await expect(started).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/)
    expect(dispose).toHaveBeenCalledTimes(1)
  })

  it('leaves the file of a later console, which only its owner can read', async () => {
    const { close, controlFile } = await startTestConsole()
    expect((await stat(controlFile)).mode & 0o777).toBe(0o600)
    await writeControl(controlFile, { url: 'http://127.0.0.1:9', secret: 'later' })
    await close()
    expect(await readFileIfThere(controlFile)).not.toBeNull()
    await removeControl(controlFile, 'later')
    expect(await readFileIfThere(controlFile)).toBeNull()
  })
})
