import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { packServer, serverProgram } from '../../scripts/lib/server-program.mjs'
import { adminToken, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const manifestSchema = z.object({ dependencies: z.record(z.string(), z.string()) })
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().optional(), devOptional: z.boolean().optional(), hasInstallScript: z.boolean().optional() }),
  ),
})

/** What `npm ci --omit=dev` installs, as paths from the root. */
async function productionPackages() {
  const { packages } = lockSchema.parse(JSON.parse(await readFile('package-lock.json', 'utf8')))
  return Object.entries(packages)
    .filter(([path, one]) => path !== '' && !one.dev && !one.devOptional)
    .map(([path, one]) => ({ path, hasInstallScript: one.hasInstallScript ?? false }))
}

/** What the image runs: `npm test` has built it before. */
describe('the sync server alone, as the image has it', () => {
  it('loads nothing but built files, Node and the production dependencies', async () => {
    const { dependencies } = manifestSchema.parse(JSON.parse(await readFile('package.json', 'utf8')))
    const { files, packages } = serverProgram()
    expect(packages).toContain('fastify')
    expect(packages.filter((name) => !(name in dependencies))).toEqual([])
    expect(files.filter((file) => !file.startsWith('out/main/'))).toEqual([])
    const built = await readdir('out/main')
    expect(built).toContain('console.js')
    expect(files).not.toContain('out/main/console.js')
  })

  it('has no production dependency with an install script, so the image runs none', async () => {
    expect((await productionPackages()).filter(({ hasInstallScript }) => hasInstallScript)).toEqual([])
  })

  describe.skipIf(peers.livekit === null)('in a folder of its own', () => {
    let stack: Stack
    let folder: string

    beforeAll(async () => {
      stack = await startStack()
      folder = await mkdtemp(join(tmpdir(), 'usher-packed-'))
      packServer(folder)
      for (const { path } of await productionPackages()) {
        // A package inside another one came with that.
        if (path.indexOf('node_modules', 1) === -1) await cp(path, join(folder, path), { recursive: true })
      }
    })
    afterAll(async () => {
      await stack.stop()
      await rm(folder, { recursive: true, force: true })
    })

    it('brings the command that manages operators', async () => {
      const env = { USHER_DATA_DIR: join(folder, 'data') }
      const operator = (...args: string[]) => promisify(execFile)(process.execPath, ['out/main/operator.js', ...args], { cwd: folder, env })
      expect((await operator('add', 'Mo', '--role', 'viewer')).stdout).toMatch(/^usher_\S+\n$/)
      expect((await operator('list')).stdout).toMatch(/^Mo +viewer /m)
    })

    it('starts, answers, and ends with 0 when it is told to', async () => {
      const child = spawn(process.execPath, ['--enable-source-maps', 'out/main/sync-server.js'], {
        cwd: folder,
        env: {
          PORT: '0',
          LIVEKIT_HOST: stack.livekit.url,
          LIVEKIT_API_KEY: stack.livekit.apiKey,
          LIVEKIT_API_SECRET: stack.livekit.apiSecret,
          USHER_ADMIN_TOKEN: adminToken,
          USHER_DATA_DIR: folder,
          LOG_LEVEL: 'error',
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      const ended = once(child, 'exit')
      let url: string | undefined
      for await (const line of createInterface({ input: child.stdout })) {
        url = /^listening on (\S+)$/.exec(line)?.[1]
        if (url !== undefined) break
      }
      expect(url).toBeDefined()
      expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true })
      await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 10_000 }).toBe(200)
      const rooms = await fetch(`${url}/api/rooms`, { headers: { authorization: `Bearer ${adminToken}` } })
      expect(await rooms.json()).toEqual({ rooms: [] })
      child.kill('SIGTERM')
      expect(await ended).toEqual([0, null])
    })
  })
})
