/** How many commits go in one command at the most, so that nobody else waits for Redis: a few ms. */
const AT_ONCE = 64
/** How many arguments, for a commit may have thousands. */
const ARGUMENTS = 10_000
/** How many commands may be under way. */
const UNDER_WAY = 8
/** How long a commit may wait to be sent, ms: then nobody waits for it any more. */
const PATIENCE_MS = 900

/** What one commit takes along: its room's keys, and its arguments to the script. */
export type CommitRequest = { readonly keys: readonly string[]; readonly args: readonly string[] }

/** Why nothing came of it. */
export type CommitFailure = { readonly why: string }

type Waiting<T> = CommitRequest & { readonly since: number; readonly resolve: (outcome: T | CommitFailure) => void }

/**
 * Sends commits of different rooms together: those that come while a command is under way go when it is done, or when they fill one. Redis does one
 * thing at a time, and each command costs both sides as much as a commit itself.
 * `send` answers in their order, or tells why nothing came of them; those that wait behind a failure fail with it, and are tried again by who asked.
 * `now` in ms.
 */
export function createCommitQueue<T>(
  send: (keys: string[], args: string[], count: number) => Promise<readonly T[] | CommitFailure>,
  now: () => number = Date.now,
): (request: CommitRequest) => Promise<T | CommitFailure> {
  let waiting: Waiting<T>[] = []
  let underWay = 0
  let planned = false

  function refuse(requests: readonly Waiting<T>[], failure: CommitFailure): void {
    for (const { resolve } of requests) resolve(failure)
  }

  function dropLate(): void {
    const latest = now() - PATIENCE_MS
    let late = 0
    while ((waiting[late]?.since ?? Infinity) < latest) late += 1
    if (late > 0) refuse(waiting.splice(0, late), { why: 'Redis is too slow' })
  }

  /** The oldest, as many as go in one command. */
  function take(): Waiting<T>[] {
    let count = 0
    let size = 0
    for (const { args } of waiting) {
      size += args.length
      if (count === AT_ONCE || (count > 0 && size > ARGUMENTS)) break
      count += 1
    }
    return waiting.splice(0, count)
  }

  function mayGo(): boolean {
    return underWay === 0 ? waiting.length > 0 : waiting.length >= AT_ONCE && underWay < UNDER_WAY
  }

  function flush(): void {
    dropLate()
    while (mayGo()) void sendTogether(take())
  }

  async function sendTogether(batch: readonly Waiting<T>[]): Promise<void> {
    underWay += 1
    const keys = batch.flatMap((request) => request.keys)
    const args = batch.flatMap((request) => request.args)
    const answer = await send(keys, args, batch.length).catch((error: unknown) => ({ why: String(error) }))
    underWay -= 1
    if ('why' in answer) {
      refuse([...batch, ...waiting], answer)
      waiting = []
    } else {
      for (const [index, { resolve }] of batch.entries()) resolve(answer[index] ?? { why: 'Redis left a commit without an answer' })
    }
    flush()
  }

  return (request) =>
    new Promise((resolve) => {
      waiting.push({ ...request, since: now(), resolve })
      if (planned || !mayGo()) return
      planned = true
      // What else comes in this turn of the event loop goes along.
      setImmediate(() => {
        planned = false
        flush()
      })
    })
}
