import type { z } from 'zod'
import { childReplySchema } from '#shared/contract/embedded.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { Emitter, type Unsubscribe } from '#shared/lib/emitter.ts'
import type { Child } from '../ports.ts'

/** A process as a host has it: Electron's utilityProcess or Node's child process. Messages are plain data. */
export type ChildProcessPort = {
  readonly send: (message: unknown) => void
  readonly onMessage: (listener: (message: unknown) => void) => void
  /** Called once, also when the process could not be started at all. `code` is null after a signal. */
  readonly onExit: (listener: (code: number | null) => void) => void
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void
  /** The last thing the process said on stderr that a person can use, or null. */
  readonly lastErrorLine: () => string | null
}

/** How long a child may take to say that it runs: a demo starts a real LiveKit server and joins its bots. */
const START_LIMIT_MS = 60_000
const TERMINATE_AFTER_MS = 5_000
const KILL_AFTER_MS = 8_000

/**
 * Runs the `start` message, the child's one reply and its end on top of a process that has just been forked. `name` is for messages
 * ("the sync server"). A child that failed or answered nonsense is ended here.
 */
export function superviseChild<Running>(
  process: ChildProcessPort,
  settings: unknown,
  running: z.ZodType<Running>,
  name: string,
): Child<Running> {
  const replySchema = childReplySchema(running)
  const ready = Promise.withResolvers<Result<Running>>()
  const gone = Promise.withResolvers<void>()
  const exits = new Emitter<void>()
  const timers: ReturnType<typeof setTimeout>[] = []
  let exited = false
  let stopping = false

  function stop(): Promise<void> {
    if (exited || stopping) return gone.promise
    stopping = true
    process.send({ type: 'stop' })
    timers.push(setTimeout(() => process.kill('SIGTERM'), TERMINATE_AFTER_MS))
    timers.push(setTimeout(() => process.kill('SIGKILL'), KILL_AFTER_MS))
    return gone.promise
  }

  function giveUp(message: string): void {
    ready.resolve(fail('unavailable', message))
    void stop()
  }

  const startLimit = setTimeout(() => giveUp(`${name} did not start within ${START_LIMIT_MS / 1000} s`), START_LIMIT_MS)
  timers.push(startLimit)

  process.onMessage((message) => {
    clearTimeout(startLimit)
    const reply = replySchema.safeParse(message)
    if (!reply.success) giveUp(`${name} answered in a form that this version of Usher does not know`)
    else if (reply.data.type === 'failed') giveUp(reply.data.message)
    else ready.resolve(succeed(reply.data.value))
  })
  process.onExit((code) => {
    if (exited) return
    exited = true
    for (const timer of timers) clearTimeout(timer)
    ready.resolve(fail('unavailable', process.lastErrorLine() ?? describeExit(name, code)))
    gone.resolve()
    exits.emit()
  })
  process.send({ type: 'start', settings })

  return {
    ready: ready.promise,
    onExit: (listener) => subscribeOnce(exits, listener, exited),
    stop,
  }
}

/** Who subscribes after the end hears of it too, in a turn of its own. */
function subscribeOnce(exits: Emitter<void>, listener: () => void, exited: boolean): Unsubscribe {
  if (!exited) return exits.subscribe(listener)
  let wanted = true
  queueMicrotask(() => {
    if (wanted) listener()
  })
  return () => {
    wanted = false
  }
}

function describeExit(name: string, code: number | null): string {
  return code === null ? `${name} was ended before it was ready` : `${name} ended before it was ready (exit code ${code})`
}
