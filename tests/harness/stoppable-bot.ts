import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A bot in a process of its own, which can be stopped in its tracks: its connection stands, and nothing comes from it. */
export type StoppableBot = {
  readonly pause: () => void
  readonly resume: () => void
  readonly stop: () => Promise<void>
}

type Options = {
  readonly url: string
  readonly apiKey: string
  readonly apiSecret: string
  readonly room: string
  readonly identity: string
}

/** Joins with a microphone that speaks; resolves when it is published. */
export async function startStoppableBot(options: Options): Promise<StoppableBot> {
  const child = spawn(process.execPath, ['tests/harness/bot-process.ts', JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  void ended.then(() => process.off('exit', killWithUs))
  for await (const line of createInterface({ input: child.stdout })) if (line === 'published') break
  return {
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
