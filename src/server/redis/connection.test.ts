import { Command } from 'ioredis'
import { expect, it } from 'vitest'
import { startRedis } from '../../../tests/harness/redis.ts'
import { peers } from '../../../tests/peers.ts'
import { openRedisLink } from './connection.ts'

it.skipIf(peers.redis === null)('a command that was answered, or refused, holds on to nothing', async () => {
  const redis = await startRedis(peers.redis ?? '')
  const link = openRedisLink(redis.url)
  try {
    await link.connect()
    const answered = new Command('SET', ['key', 'value'], { replyEncoding: 'utf8' })
    expect(await link.commands.sendCommand(answered)).toBe('OK')
    expect(answered.args).toEqual([])
    const refused = new Command('HGET', ['key', 'field'])
    await expect(link.commands.sendCommand(refused)).rejects.toThrow('WRONGTYPE')
    expect(refused.args).toEqual([])
  } finally {
    link.close()
    await redis.stop()
  }
})
