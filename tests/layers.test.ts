import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'

/** The layer table of ARCHITECTURE.md, a second time: here it is held against what the linter does. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  server: ['shared'],
  core: ['shared'],
  main: ['shared', 'core'],
  console: ['shared', 'core'],
  preload: ['shared'],
  renderer: ['shared'],
  demo: ['shared'],
}

const layers = Object.entries(mayImport)
const names = Object.keys(mayImport)

/** Packages and built-ins that only some layers may use. */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  zod: names.filter((name) => name !== 'preload'),
  electron: ['main', 'preload'],
  react: ['renderer'],
  'react-dom/client': ['renderer'],
  '@mantine/core': ['renderer'],
  'livekit-client': ['renderer'],
  '@livekit/rtc-node': ['demo'],
  ioredis: ['server', 'core', 'main', 'console', 'demo'],
  fastify: ['server', 'core', 'main', 'console', 'demo'],
  'socket.io-client': ['server', 'core', 'main', 'console', 'demo'],
  'node:fs': ['server', 'core', 'main', 'console', 'demo'],
  'fs/promises': ['server', 'core', 'main', 'console', 'demo'],
}

type Case = { readonly file: string; readonly code: string; readonly allowed: boolean }

const cases: readonly Case[] = [
  ...layers.flatMap(([from, may]) =>
    names
      .filter((to) => to !== from)
      .flatMap((to, index) => {
        const allowed = may.includes(to)
        return [
          { file: `src/${from}/alias-${index}.ts`, code: `import type { A } from '#${to}/a.ts'\nexport type B = A\n`, allowed },
          { file: `src/${from}/alias-${index}.test.ts`, code: `import type { A } from '#${to}/a.ts'\nexport type B = A\n`, allowed },
          {
            file: `src/${from}/inside/relative-${index}.ts`,
            code: `import type { A } from '../../${to}/a.ts'\nexport type B = A\n`,
            allowed: false,
          },
          { file: `src/${from}/relative-${index}.ts`, code: `export * from '../${to}/a.ts'\n`, allowed: false },
          { file: `src/${from}/inside/relative-${index}.test.ts`, code: `import '../../${to}/a.ts'\n`, allowed: false },
        ]
      }),
  ),
  ...Object.entries(mayUse).flatMap(([name, users], index) =>
    names.flatMap((layer) => {
      const allowed = users.includes(layer)
      return [
        { file: `src/${layer}/package-${index}.ts`, code: `import { a } from '${name}'\nexport const b = a\n`, allowed },
        { file: `src/${layer}/dynamic-${index}.ts`, code: `export const b = await import('${name}')\n`, allowed },
      ]
    }),
  ),
  ...names.flatMap((layer) => [
    { file: `src/${layer}/inside/own.ts`, code: `import '../a.ts'\nimport './b.ts'\n`, allowed: true },
    { file: `src/${layer}/test-helper.ts`, code: `import '../../tests/peers.ts'\n`, allowed: false },
    { file: `src/${layer}/test-helper.test.ts`, code: `import '../../tests/peers.ts'\nimport 'vitest'\nimport 'node:fs'\n`, allowed: true },
  ]),
  { file: 'src/preload/code.ts', code: `import { a } from '#shared/contract/ipc.ts'\nexport const b = a\n`, allowed: false },
  { file: 'src/preload/bridge-code.ts', code: `import { a } from '#shared/contract/bridge.ts'\nexport const b = a\n`, allowed: true },
  { file: 'src/main/window.ts', code: `import { ipcMain } from 'electron'\nexport const b = ipcMain\n`, allowed: false },
  { file: 'src/main/ipc-main.ts', code: `import { ipcMain } from 'electron'\nexport const b = ipcMain\n`, allowed: true },
  { file: 'src/preload/other.ts', code: `import { ipcRenderer } from 'electron'\nexport const b = ipcRenderer\n`, allowed: false },
  { file: 'src/preload/index.ts', code: `import { ipcRenderer } from 'electron'\nexport const b = ipcRenderer\n`, allowed: true },
  { file: 'src/main/inside/ipc-main.ts', code: `import { ipcMain } from 'electron'\nexport const b = ipcMain\n`, allowed: false },
  { file: 'src/main/ipc-main-sideways.ts', code: `import '#renderer/a.ts'\n`, allowed: false },
  { file: 'src/renderer/rooms/store.ts', code: `export const b = window.usher\n`, allowed: false },
  { file: 'src/renderer/rooms/unpack.ts', code: `export const { usher } = globalThis\n`, allowed: false },
  { file: 'src/renderer/bridge.ts', code: `export const b = window.usher\n`, allowed: true },
  { file: 'src/core/round.ts', code: `import { b } from './trip.ts'\nexport const a = () => b\n`, allowed: false },
  { file: 'src/core/trip.ts', code: `import { a } from './round.ts'\nexport const b = () => a\n`, allowed: false },
]

const reportSchema = z.object({
  diagnostics: z.array(z.object({ code: z.string().optional(), severity: z.string(), filename: z.string() })),
})
const layerRules = new Set(['eslint(no-restricted-imports)', 'eslint(no-restricted-properties)', 'import(no-cycle)'])

describe("the linter holds the layers' table", () => {
  let folder = ''
  let refused = new Set<string>()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usher-layers-'))
    await copyFile('.oxlintrc.json', join(folder, '.oxlintrc.json'))
    for (const { file, code } of cases) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), code)
    }
    refused = await lint(folder)
  }, 30_000)

  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('every case is a file of its own', () => {
    expect(new Set(cases.map((one) => one.file)).size).toBe(cases.length)
  })

  it.each(names)('src/%s: what is forbidden is an error, what is allowed is not', (layer) => {
    const own = cases.filter((one) => one.file.startsWith(`src/${layer}/`))
    expect(own.filter((one) => refused.has(one.file)).map(told)).toEqual(own.filter((one) => !one.allowed).map(told))
  })
})

function told({ file, code }: Case): string {
  return `${file}: ${code.split('\n')[0]}`
}

/** The files in which a layer rule found an error. */
async function lint(folder: string): Promise<Set<string>> {
  const oxlint = join(process.cwd(), 'node_modules/oxlint/bin/oxlint')
  // It exits with 1 where it finds something, and here it must.
  const { stdout } = await promisify(execFile)(process.execPath, [oxlint, '--format=json', '.'], { cwd: folder, maxBuffer: 2 ** 26 }).catch(
    (error: unknown) => z.object({ stdout: z.string() }).parse(error),
  )
  const { diagnostics } = reportSchema.parse(JSON.parse(stdout))
  return new Set(diagnostics.filter((one) => one.severity === 'error' && layerRules.has(one.code ?? '')).map((one) => one.filename))
}
