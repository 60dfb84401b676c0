import { fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { LoadReply, LoadRequest, LoadResult } from './messages.ts'
import type { TrafficSize } from './traffic.ts'

/** The process that makes the load. */
export type Load = {
  /** Signs new traffic; resolves to how many events it is. */
  readonly prepare: (size: TrafficSize) => Promise<number>
  /** Sends all of it, and fails where one request was refused. */
  readonly send: (port: number, perSecond: number | null) => Promise<LoadResult>
  readonly stop: () => void
}

export function startLoad(signing: { readonly key: string; readonly secret: string; readonly path: string }): Load {
  const child = fork(resolve('bench/load/send-webhooks.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  process.once('exit', () => child.kill('SIGKILL'))
  let stopping = false
  child.once('exit', () => {
    if (!stopping) throw new Error('the process that makes the load ended')
  })
  async function ask(request: LoadRequest): Promise<LoadReply> {
    child.send(request)
    // Only that program writes to this channel.
    const [reply] = (await once(child, 'message')) as [LoadReply]
    return reply
  }
  return {
    async prepare(size) {
      const reply = await ask({ kind: 'prepare', size, ...signing })
      return reply.kind === 'ready' ? reply.events : 0
    },
    async send(port, perSecond) {
      const reply = await ask({ kind: 'send', port, perSecond })
      if (reply.kind !== 'done') throw new Error('the load was not sent')
      if (reply.result.refused > 0) throw new Error(`${reply.result.refused} of ${reply.result.events} webhooks were refused`)
      return reply.result
    },
    stop() {
      stopping = true
      child.kill('SIGKILL')
    },
  }
}
