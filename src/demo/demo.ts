import type { DemoRunning, DemoSettings } from '#shared/contract/embedded.ts'
import { describeError } from '#shared/lib/describe-error.ts'
import { findLivekitServer } from './find-livekit.ts'
import { startLivekitServer } from './livekit-server.ts'
import { loadRtc } from './rtc.ts'
import { play } from './script/play.ts'
import { createScript } from './script/script.ts'
import type { Stage } from './script/step.ts'
import { startSimulator } from './simulator/simulator.ts'
import { createLivekitStage } from './stages/livekit-stage.ts'
import { createSimulatorStage } from './stages/simulator-stage.ts'

/** A demo whose LiveKit answers. */
export type Demo = {
  readonly running: DemoRunning
  /** Fills the rooms: people begin to join. */
  readonly open: () => void
  /** Called when its LiveKit ended by itself. */
  readonly onLost: (listener: () => void) => void
  readonly stop: () => Promise<void>
}

type Backend = {
  readonly running: DemoRunning
  readonly stage: Stage
  readonly onLost: (listener: () => void) => void
  readonly stop: () => Promise<void>
}

async function startReal(binary: string, webhookUrl: string): Promise<Backend> {
  // Without its bots a livekit-server would stay empty.
  const [livekit, rtc] = await Promise.allSettled([startLivekitServer({ binary, webhookUrls: [webhookUrl] }), loadRtc()])
  if (livekit.status === 'rejected') throw livekit.reason
  if (rtc.status === 'rejected') {
    await livekit.value.stop()
    throw new Error('@livekit/rtc-node, which its bots need, is not installed')
  }
  const { url, apiKey, apiSecret, onExit, stop } = livekit.value
  return {
    running: { kind: 'livekit', url, apiKey, apiSecret },
    stage: createLivekitStage({ url, apiKey, apiSecret }),
    onLost: onExit,
    stop,
  }
}

async function startSimulated(webhookUrl: string): Promise<Backend> {
  const simulator = await startSimulator({ webhookUrls: [webhookUrl] })
  const { url, apiKey, apiSecret, stop } = simulator
  return {
    running: { kind: 'simulator', url, apiKey, apiSecret },
    stage: createSimulatorStage(simulator),
    onLost: () => undefined,
    stop,
  }
}

/** A person in the simulator costs next to nothing, a bot half a percent of a core, and 2 % while it speaks. */
const sizes = { livekit: { size: 'small', speakers: 5 }, simulator: { size: 'full', speakers: 12 } } as const

/**
 * Starts a real livekit-server if there is one, else the simulator. `warn` takes one line when a real one was found and could not be used.
 */
export async function startDemo(
  { webhookUrl }: DemoSettings,
  env: Readonly<Record<string, string | undefined>>,
  warn: (line: string) => void,
): Promise<Demo> {
  const binary = findLivekitServer(env)
  let backend: Backend | null = null
  if (binary !== null) {
    try {
      backend = await startReal(binary, webhookUrl)
    } catch (error) {
      warn(`the demo runs on the simulator: ${describeError(error)}`)
    }
  }
  const { running, stage, onLost, stop } = backend ?? (await startSimulated(webhookUrl))
  let stopPlaying: (() => void) | null = null
  let stopping: Promise<void> | null = null

  async function end(): Promise<void> {
    stopPlaying?.()
    await stage.close()
    await stop()
  }
  return {
    running,
    open: () => {
      stopPlaying ??= play(createScript({ seed: Date.now(), ...sizes[running.kind] }), stage)
    },
    onLost: (listener) =>
      onLost(() => {
        if (!stopping) listener()
      }),
    stop: () => (stopping ??= end()),
  }
}
