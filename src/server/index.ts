import { serverSettingsSchema, type ServerSettings } from '#shared/contract/embedded.ts'
import { outliveReaders } from '#shared/lib/outlive-readers.ts'
import { onStop, openParentLink } from '#shared/lib/parent-link.ts'
import { readSettings } from './config.ts'
import { StartError, startSyncServer, type SyncServer } from './server.ts'

/** How long an orderly end may take, ms; longer than each of its steps. */
const STOP_MS = 8000

let server: SyncServer | null = null
let stopping = false

function stop(): void {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(1), STOP_MS).unref()
  void (server?.close() ?? Promise.resolve()).finally(() => process.exit(0))
}

function refuseStart(message: string): void {
  process.stderr.write(`usher server: ${message}\n`)
  process.exit(1)
}

async function run(settings: ServerSettings, onRunning: (url: string) => unknown, onFailed: (message: string) => unknown): Promise<void> {
  try {
    const started = await startSyncServer(settings)
    if (stopping) return await started.close()
    server = started
    onRunning(started.url)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    await onFailed(error.message)
    process.exit(1)
  }
}

outliveReaders(process)
// Whoever asks twice doesn't want to wait. Before `onStop`, or the first signal would look like the second.
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1)
  })
}
onStop(process, stop)
const parent = openParentLink(process, serverSettingsSchema, stop)
if (parent) {
  parent.onStart((settings) => {
    void run(
      settings,
      (url) => parent.send({ type: 'running', value: { url } }),
      // Who set this up in the app knows of no environment.
      (message) => parent.send({ type: 'failed', message: message.replaceAll(/ \([A-Z_, ]+\)/g, '') }),
    )
  })
} else {
  const settings = readSettings(process.env)
  if (settings.ok) void run(settings.value, (url) => process.stdout.write(`listening on ${url}\n`), refuseStart)
  else refuseStart(settings.message)
}
