/** How many commits go in one command at the most, so that nobody else waits for Redis: a few ms. */
const AT_ONCE = 64

/** What one commit takes along: its room's keys, and its arguments to the script. */
export type CommitRequest = { readonly keys: readonly string[]; readonly args: readonly string[] }

/** Why nothing came of it. */
export type CommitFailure = { readonly why: string }

type Waiting<T> = CommitRequest & { readonly resolve: (outcome: T | CommitFailure) => void }

/**
 * Sends commits of different rooms together: those that come while others are under way go when these are done, in one command. Redis does one
 * thing at a time, so none would have been done earlier; but each command costs both sides as much as a commit itself.
 * `send` answers in their order, or tells why nothing came of them; those that wait behind a failure fail with it, and are tried again by who asked.
 */
export function createCommitQueue<T>(
  send: (keys: string[], args: string[], count: number) => Promise<readonly T[] | CommitFailure>,
): (request: CommitRequest) => Promise<T | CommitFailure> {
  let waiting: Waiting<T>[] = []
  let busy = false

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, AT_ONCE)
      const answer = await send(
        batch.flatMap(({ keys }) => keys),
        batch.flatMap(({ args }) => args),
        batch.length,
      )
      if ('why' in answer) {
        const behind = waiting
        waiting = []
        for (const { resolve } of [...batch, ...behind]) resolve(answer)
      } else {
        for (const [index, { resolve }] of batch.entries()) resolve(answer[index] ?? { why: 'Redis left a commit without an answer' })
      }
    }
    busy = false
  }

  return (request) =>
    new Promise((resolve) => {
      waiting.push({ ...request, resolve })
      if (busy) return
      busy = true
      // What else comes in this turn of the event loop goes along.
      setImmediate(() => void flush())
    })
}
