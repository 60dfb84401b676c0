import { z } from 'zod'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { describeRedisError, type RedisScript } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { decodeJson } from '#server/redis/decode-json.ts'
import { logBodySchema, splitCursor, type FeedPage } from './room-store.ts'

const replySchema = z.union([
  z.tuple([z.literal('entries'), z.array(z.tuple([z.string(), z.string(), z.string()]))]),
  z.tuple([z.literal('gone')]),
])

/** Reads a page of the feed with `readFeedScript`: one round trip. What can't be read is passed over: the log's followers have told of it. */
export async function readFeedPage(readFeed: RedisScript, cursor: string, count: number): Promise<FeedPage> {
  const [epoch, id] = splitCursor(cursor)
  if (epoch === '' || !/^\d+-\d+$/.test(id)) return { kind: 'gone' }
  try {
    const [kind, found = []] = replySchema.parse(await readFeed(redisKeys.epoch, redisKeys.events, epoch, id, count))
    if (kind === 'gone') return { kind }
    const entries = found.flatMap(([at, of, body]) => (of === epoch ? (eventOf(body, `${epoch}-${at}`) ?? []) : []))
    const last = found.at(-1)?.[0]
    return { kind, entries, cursor: last === undefined ? cursor : `${epoch}-${last}` }
  } catch (error) {
    return { kind: 'unavailable', why: describeRedisError(error) }
  }
}

function eventOf(text: string, cursor: string): FeedEvent | null {
  const body = decodeJson(logBodySchema, text)
  if (!body || body.kind === 'confirmed' || !body.feed) return null
  return { ...body.feed, data: { ...body.feed.data, cursor } }
}
