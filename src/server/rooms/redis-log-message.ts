import { redisKeys } from '#server/redis/keys.ts'

/** An entry of the log as it was written. `body` is JSON, undefined where it wasn't published; `mark` is empty where its author gave it none. */
export type WrittenEntry = {
  readonly id: string
  readonly epoch: string
  readonly revision: number
  readonly mark: string
  readonly body: Buffer | undefined
}

const LINE_END = 0x0a

/**
 * Adds an entry to the log and to what is to be published of it, and answers with its id. Published is for each entry, one after the other:
 * `previous id epoch revision mark length`, a line end, the body. `previous` is the id of the entry before it, `length` that of the body in bytes;
 * none of the six holds a space. Where `alone`, a body with a mark is left out, at length 0: the author has it, and nobody else hears.
 */
export const addEntry = `
local function isAlone()
  local heard = redis.pcall('PUBSUB', 'NUMSUB', '${redisKeys.log}')
  return type(heard) == 'table' and not heard.err and heard[2] < 2
end
local function addEntry(published, alone, log, length, previous, epoch, revision, mark, body)
  local id = redis.call('XADD', log, 'MAXLEN', '~', length, '*', 'epoch', epoch, 'revision', revision, 'body', body, 'by', mark)
  local told = alone and mark ~= '' and '' or body
  published[#published + 1] = previous .. ' ' .. id .. ' ' .. epoch .. ' ' .. revision .. ' ' .. mark .. ' ' .. #told .. '\\n'
  published[#published + 1] = told
  return id
end
`

type PublishedEntry = WrittenEntry & { readonly previous: string }

/** Reads what was published of some entries; null where it is anything else. */
export function readLogMessage(message: Buffer): readonly PublishedEntry[] | null {
  const entries: PublishedEntry[] = []
  for (let at = 0; at < message.length;) {
    const end = message.indexOf(LINE_END, at)
    const words = end < 0 ? [] : message.toString('latin1', at, end).split(' ')
    const [previous, id, epoch, revision, mark, length] = words
    const next = end + 1 + Number(length)
    if (words.length !== 6 || !previous || !id || !epoch || mark === undefined || !(next > end && next <= message.length)) return null
    entries.push({
      previous,
      id,
      epoch,
      revision: Number(revision),
      mark,
      body: next > end + 1 ? message.subarray(end + 1, next) : undefined,
    })
    at = next
  }
  return entries.length > 0 ? entries : null
}
