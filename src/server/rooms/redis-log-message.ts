/** An entry of the log as it was written. `body` is JSON; `mark` is empty where its author gave it none. */
export type WrittenEntry = {
  readonly id: string
  readonly epoch: string
  readonly revision: number
  readonly mark: string
  readonly body: Buffer | undefined
}

const SPACE = 0x20
const LINE_END = 0x0a

/**
 * Publishes an entry that was just added, with the id of the one before it: `previous id epoch revision mark`, a line end, the body. A Lua
 * function of these and the channel; none of the first five holds a space.
 */
export const publishEntry = `
local function publishEntry(channel, previous, id, epoch, revision, mark, body)
  redis.call('PUBLISH', channel, previous .. ' ' .. id .. ' ' .. epoch .. ' ' .. revision .. ' ' .. mark .. '\\n' .. body)
end
`

/** Reads what `publishEntry` published; null where it is anything else. */
export function readLogMessage(message: Buffer): (WrittenEntry & { readonly previous: string }) | null {
  const end = message.indexOf(LINE_END)
  if (end < 0 || message.indexOf(SPACE) > end) return null
  const [previous, id, epoch, revision, mark, ...rest] = message.subarray(0, end).toString('latin1').split(' ')
  if (previous === undefined || id === undefined || epoch === undefined || mark === undefined || rest.length > 0) return null
  return { previous, id, epoch, revision: Number(revision), mark, body: message.subarray(end + 1) }
}
