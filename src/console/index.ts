import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCore } from '#core/core.ts'
import { createLog } from '#core/hosting/log-lines.ts'
import { makePrivateFolder } from '#core/hosting/private-file.ts'
import { describeError } from '#shared/lib/describe-error.ts'
import { outliveReaders } from '#shared/lib/outlive-readers.ts'
import { z } from 'zod'
import { HELP, readArguments, type ConsoleArguments } from './arguments.ts'
import { startConsole } from './console.ts'
import { askForLink, controlFile } from './control-file.ts'
import { dataFolder } from './data-folder.ts'
import { createLauncher } from './launcher.ts'
import { createSecretStore } from './secrets.ts'

/** The built programs: this file lies in out/main, the page in out/renderer, its bridge in out/preload. */
const programs = import.meta.dirname
const packageSchema = z.object({ version: z.string() })

function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function run(options: ConsoleArguments, folder: string): Promise<number> {
  // Two that share a folder would write over each other's profiles, and run a demo each.
  const running = await askForLink(controlFile(folder))
  if (running.ok) {
    process.stdout.write(`Usher is at ${running.value}\nIt was running already; this is a new link to it.\n`)
    return 0
  }
  await makePrivateFolder(folder)
  const log = createLog(join(folder, 'logs', 'console.log'), complain)
  const { version } = packageSchema.parse(JSON.parse(readFileSync(join(programs, '../../package.json'), 'utf8')))
  const ended = Promise.withResolvers<number>()
  // Before anything is started, so that Ctrl-C never leaves a child behind. A second one doesn't wait.
  let asked = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(130)
      asked = true
      ended.resolve(0)
    })
  }
  process.on('uncaughtException', (error) => {
    log('error', `Usher failed and ends: ${error.message}`)
    ended.resolve(1)
  })

  const started = await startConsole({
    port: options.port,
    page: { root: join(programs, '../renderer'), bridge: join(programs, '../preload/page-bridge.cjs') },
    controlFile: controlFile(folder),
    createCore: () =>
      createCore({
        version,
        launcher: createLauncher(programs, join(folder, 'logs')),
        secrets: createSecretStore(folder, log),
        log,
        fallback: options.fallback,
      }),
    log,
  })
  if (!started.ok) {
    complain(started.message)
    return 1
  }
  const { newLink, close } = started.value
  if (!asked) process.stdout.write(`Usher is at ${newLink()}\n`)
  const code = await ended.promise
  await close()
  return code
}

async function printLink(folder: string): Promise<number> {
  const link = await askForLink(controlFile(folder))
  if (link.ok) process.stdout.write(`Usher is at ${link.value}\n`)
  else complain(link.message)
  return link.ok ? 0 : 1
}

async function main(): Promise<number> {
  const options = readArguments(process.argv.slice(2), process.env)
  if (!options.ok) {
    complain(options.message)
    return 1
  }
  const folder = dataFolder(process.env)
  if (options.value.mode === 'help') {
    process.stdout.write(HELP)
    return 0
  }
  return options.value.mode === 'link' ? printLink(folder) : run(options.value, folder)
}

outliveReaders(process)
process.exit(
  await main().catch((error: unknown) => {
    complain(`Usher could not start: ${describeError(error)}`)
    return 1
  }),
)
