import type { Writable } from 'node:stream'
import { Redis, type Command, type RedisOptions } from 'ioredis'
import { createRedisMeter, type RedisMeter } from './meter.ts'

/** How long one command may take, ms; a webhook waits at most a second in all. */
const COMMAND_TIMEOUT_MS = 900

/** This instance's way to one Redis: a connection that writes and asks, others on demand, and one meter over all of them. */
export type RedisLink = {
  readonly url: string
  /** Never queues while Redis is away and never re-sends by itself: a write is done, or refused aloud. */
  readonly commands: Redis
  /** A connection of its own that hears channels, and subscribes again by itself. Whoever opens it disconnects it. */
  readonly openSubscriber: () => Redis
  /** A connection for what the budget leaves out (S3.4), to hear channels or to send. Whoever opens it disconnects it. */
  readonly openUncounted: () => Redis
  readonly meter: RedisMeter
  /** What last went wrong with the commands' connection; a command's own rejection tells less. */
  readonly lastError: () => Error | null
  /** Connects the commands' connection. Fails with one line that names the address without its password. */
  readonly connect: () => Promise<void>
  readonly close: () => void
}

/** Nothing is connected yet. `url` as in `REDIS_URL`. */
export function openRedisLink(url: string): RedisLink {
  const meter = createRedisMeter()
  let lastError: Error | null = null

  function openUncounted(options: Pick<RedisOptions, 'commandTimeout' | 'autoResubscribe'>): Redis {
    return new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 3000,
      keepAlive: 10_000,
      retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1000),
      ...options,
    })
  }

  function open(options: Pick<RedisOptions, 'commandTimeout' | 'autoResubscribe'>): Redis {
    const redis = openUncounted(options)
    const send = redis.sendCommand.bind(redis)
    const gather = createGather()
    redis.sendCommand = (...sent) => {
      // While there is no connection it is refused here, and Redis hears nothing.
      if (redis.status === 'ready' || redis.status === 'connect') meter.commandSent()
      gather(redis.stream)
      const answer = send(...sent)
      letGo(sent[0], answer)
      return answer
    }
    redis.on('connect', () => meter.watch(redis.stream))
    return redis
  }

  const commands = open({ commandTimeout: COMMAND_TIMEOUT_MS })
  // Every failure also rejects the command it belongs to; without a listener ioredis prints it.
  commands.on('error', (error: Error) => (lastError = error))
  return {
    url,
    commands,
    openSubscriber: () => open({ autoResubscribe: true }),
    openUncounted: () => openUncounted({ commandTimeout: COMMAND_TIMEOUT_MS, autoResubscribe: true }),
    meter,
    lastError: () => lastError,
    async connect() {
      try {
        await commands.connect()
        // ioredis goes on with database 0 where the one of the address does not exist.
        await commands.select(commands.options.db ?? 0)
      } catch (error) {
        commands.disconnect()
        throw describeUnusable(url, lastError ?? error)
      }
    },
    close: () => commands.disconnect(),
  }
}

/**
 * Lets what is sent within one turn of the event loop go out in one write, as ioredis' own pipelining does, which costs more: it makes a second
 * promise for each command, and holds everything back until the batch before is answered.
 */
function createGather(): (stream: Writable | undefined) => void {
  let held: Writable | null = null
  return (stream) => {
    if (!stream || held === stream) return
    held = stream
    stream.cork()
    setImmediate(() => {
      held = null
      stream.uncork()
    })
  }
}

/**
 * Empties a command when it is answered. ioredis gives each a function that V8 makes in its old generation; until a full collection that one would
 * keep all the command was sent with, and every quick collection would copy it.
 */
function letGo(command: Command, answer: unknown): void {
  if (!(answer instanceof Promise)) return
  const empty = () => void (command.args = [])
  answer.then(empty, empty)
}

/** That this Redis can't be used, as one line for the operator. */
export function describeUnusable(url: string, error: unknown): Error {
  const why = describeRedisError(error)
  return new Error(`can't use Redis at ${withoutPassword(url)} (${why}): check the address (REDIS_URL)`, { cause: error })
}

/** A Lua script as a function of its keys, then its arguments; a list counts as what is in it. */
export type RedisScript = (...keysAndArguments: (string | number | readonly string[])[]) => Promise<unknown>

/**
 * Makes a script callable on a connection. `name` must be new to that connection. Sent whole once, then by its hash. Where the number of keys is
 * null it is the first argument of each call.
 */
export function defineScript(redis: Redis, name: string, numberOfKeys: number | null, lua: string): RedisScript {
  redis.defineCommand(name, numberOfKeys === null ? { lua } : { lua, numberOfKeys })
  // ioredis adds a method of that name, which takes what this type says.
  const method = Reflect.get(redis, name) as RedisScript
  return (...keysAndArguments) => method.apply(redis, keysAndArguments)
}

function withoutPassword(url: string): string {
  const parsed = new URL(url)
  if (parsed.password !== '') parsed.password = '***'
  return parsed.toString()
}

/** A system's error code where there is one, else what Redis or the client said. */
export function describeRedisError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.message.startsWith("Stream isn't writeable")) return 'Redis is away'
  if (error.message.startsWith('Unknown RESP type')) return 'what answers there is not Redis'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
