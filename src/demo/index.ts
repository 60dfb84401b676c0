import { demoSettingsSchema, type DemoSettings } from '#shared/contract/embedded.ts'
import { describeError } from '#shared/lib/describe-error.ts'
import { outliveReaders } from '#shared/lib/outlive-readers.ts'
import { onStop, openParentLink } from '#shared/lib/parent-link.ts'
import { startDemo, type Demo } from './demo.ts'

/** How long an orderly end may take, ms. */
const STOP_MS = 4000

let demo: Demo | null = null
let stopping = false

function warn(line: string): void {
  process.stderr.write(`usher demo: ${line}\n`)
}

function stop(code = 0): void {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(code), STOP_MS).unref()
  void (demo?.stop() ?? Promise.resolve()).finally(() => process.exit(code))
}

async function run(settings: DemoSettings): Promise<void> {
  try {
    const started = await startDemo(settings, process.env, warn)
    if (stopping) return await started.stop()
    demo = started
  } catch (error) {
    const message = `the demo can't start: ${describeError(error)}`
    await parent?.send({ type: 'failed', message })
    process.exit(1)
  }
  demo.onLost(() => {
    warn('its livekit-server has ended')
    stop(1)
  })
  await parent?.send({ type: 'running', value: demo.running })
  demo.open()
}

outliveReaders(process)
let complained = false
// rtc-node rejects promises that nobody can hold when an event of a room arrives after its participant has left; the demo goes on.
process.on('unhandledRejection', (reason) => {
  if (!complained) warn(`something went wrong in a bot: ${describeError(reason)}`)
  complained = true
})

onStop(process, () => stop())
const parent = openParentLink(process, demoSettingsSchema, () => stop())
if (parent) parent.onStart((settings) => void run(settings))
else {
  process.stderr.write('usher demo: this program is started by Usher; npm start runs it\n')
  process.exitCode = 1
}
