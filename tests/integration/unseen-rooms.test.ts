import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { syncStatusSchema } from '#shared/contract/http-sync.ts'
import { defaultAttention, type AttentionThresholds } from '#shared/domain/attention.ts'
import { joinBot, type Bot } from '#demo/bot.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { startStoppableBot } from '../harness/stoppable-bot.ts'
import { peers } from '../peers.ts'

/** When the rooms are swept next, ms: after a start two sweeps follow each other. */
async function nextSweepIn(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/sync-rooms`, { headers: { authorization: `Bearer ${adminToken}` } })
  return (syncStatusSchema.parse(await answer.json()).nextSync ?? 0) - Date.now()
}

/** No sweep but the first: what is told is told by observers. */
const unswept = { syncIntervalMs: 3_600_000, observeRooms: 300 }
const withMicrophone = { microphone: true }

afterAll(disposeRtc)

describe.skipIf(peers.livekit === null)('rooms of a LiveKit that sends no webhook at all', () => {
  let stack: Stack
  const clients: ConsoleClient[] = []

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await stack.stop()
  })

  async function connect(url: string): Promise<ConsoleClient> {
    const client = await connectConsole(url)
    clients.push(client)
    return client
  }

  it('X2 X3 X5 are on the wall as they are: joins, mutes, removals, leaves and ends, each told once', async () => {
    stack = await startStack({ webhooksTo: [] })
    const room = freshRoom('unswept')
    const ana = await stack.join(room, 'ana', withMicrophone)
    const server = await stack.serve(0, unswept)
    const client = await connect(server.url)
    await client.until(() => typeof client.rooms.get(room)?.observedAt === 'number')
    await client.open(room)
    const bo: Bot = await stack.join(room, 'bo', withMicrophone)
    await client.until(() => client.participants.get('bo')?.audioEnabled === true)
    bo.muteMicrophone()
    await client.until(() => client.participants.get('bo')?.audioEnabled === false)
    await stack.api.updateParticipant(room, 'bo', { name: 'Bo', metadata: 'a guest', attributes: { team: 'red' } })
    await client.until(() => client.participants.get('bo')?.name === 'Bo')
    await stack.api.removeParticipant(room, 'bo')
    await client.until(() => client.participants.get('bo')?.isOnline === false)
    ana.startSpeaking()
    await client.until(() => client.rooms.get(room)?.speaking[0]?.identity === 'ana')
    expect(client.rooms.get(room)?.confirmedBy).toBe('observer')
    await stack.api.deleteRoom(room)
    await client.until(() => !client.rooms.has(room))
    const told = client.feed
      .filter(({ data }) => data.room?.name === room)
      .map(({ type, data }) => `${type} ${data.participant?.identity ?? ''}`)
    // LiveKit tells what was changed in one call in any number of updates.
    expect([...told.slice(0, 3), ...told.slice(3, 6).toSorted(), ...told.slice(6)]).toEqual([
      'participant_joined bo',
      'track_published bo',
      'track_muted bo',
      'attributes_changed bo',
      'metadata_changed bo',
      'name_changed bo',
      'track_unpublished bo',
      'participant_left bo',
      'track_unpublished ana',
      'participant_left ana',
      'room_finished ',
    ])
    expect(new Set(client.feed.map(({ data }) => data.cause))).toEqual(new Set(['observer']))
  }, 40_000)

  it('X3 are found when they are new, and missed when they end, within seconds', async () => {
    stack = await startStack({ webhooksTo: [] })
    const room = freshRoom('known')
    await stack.join(room, 'ana', withMicrophone)
    const { url } = await stack.serve(0, unswept)
    const client = await connect(url)
    await client.until(() => typeof client.rooms.get(room)?.observedAt === 'number')
    await expect.poll(() => nextSweepIn(url), { timeout: 10_000 }).toBeGreaterThan(60_000)
    // No webhook comes for what the observer sees now.
    await stack.join(room, 'bo', withMicrophone)
    const next = freshRoom('new')
    const cy = await stack.join(next, 'cy', withMicrophone)
    await client.until(() => client.rooms.get(next)?.online === 1 && typeof client.rooms.get(next)?.observedAt === 'number')
    cy.startSpeaking()
    await client.until(() => client.rooms.get(next)?.speaking[0]?.identity === 'cy')
  }, 60_000)
})

describe.skipIf(peers.livekit === null)('rooms that are observed', () => {
  let stack: Stack
  let url: string
  let client: ConsoleClient

  beforeAll(async () => {
    stack = await startStack({ webhooksTo: [0] })
    url = (await stack.serve(0, { observeRooms: 300 })).url
    client = await connectConsole(url)
  })
  afterAll(async () => {
    client.close()
    await stack.stop()
  })

  function toldOf(room: string, from = 0): string[] {
    const events = client.feed.slice(from).filter(({ data }) => data.room?.name === room)
    return events.map(({ type, data }) => `${type} ${data.participant?.identity ?? ''}`)
  }
  async function untilObserved(room: string): Promise<void> {
    await client.until(() => typeof client.rooms.get(room)?.observedAt === 'number')
  }
  const count = (told: readonly string[], what: string) => told.filter((each) => each === what).length

  it('X3 nothing is told twice or flaps where webhooks and an observer tell the same', async () => {
    const room = freshRoom('both')
    await stack.join(room, 'ana', withMicrophone)
    await untilObserved(room)
    for (const who of ['bo', 'cy', 'di', 'ed']) {
      const bot = await stack.join(room, who, { microphone: true, camera: true })
      bot.muteMicrophone()
      await client.until(() => toldOf(room).includes(`track_muted ${who}`) && count(toldOf(room), `track_published ${who}`) === 2)
      if (who === 'di') await stack.api.removeParticipant(room, who)
      else await bot.leave()
    }
    await stack.api.deleteRoom(room)
    await client.until(() => toldOf(room).includes('room_finished '))
    // Whatever comes late: LiveKit's webhooks of a room come in order, and the next room's start after these.
    const next = freshRoom('after')
    await stack.join(next, 'ana')
    await client.until(() => client.rooms.has(next))
    const told = toldOf(room)
    for (const who of ['bo', 'cy', 'di', 'ed']) {
      const counts = ['participant_joined', 'track_published', 'track_muted', 'track_unpublished', 'participant_left'].map((type) =>
        count(told, `${type} ${who}`),
      )
      expect([who, ...counts]).toEqual([who, 1, 2, 1, 2, 1])
    }
    expect([count(told, 'room_started '), count(told, 'room_finished ')]).toEqual([1, 1])
    expect(client.feed.some(({ data }) => data.participant?.identity.startsWith('usher-observer'))).toBe(false)
  }, 40_000)

  it('X5 D6 what an operator does is told once, with who did it, though the observer sees it first', async () => {
    const room = freshRoom('attributed')
    await stack.join(room, 'ana', withMicrophone)
    const bo = await stack.join(room, 'bo', withMicrophone)
    await untilObserved(room)
    await client.open(room)
    const from = client.feed.length
    for (let round = 0; round < 5; round += 1) {
      await client.until(() => client.participants.get('bo')?.audioEnabled === true)
      const result = await client.ask('act', { actionId: randomUUID(), type: 'mute', room, identity: 'bo', sources: ['microphone'] })
      expect(result).toMatchObject({ ok: true, targets: [{ ok: true }] })
      await client.until(() => client.participants.get('bo')?.audioEnabled === false)
      // The bot may hear of it after the console.
      await expect.poll(() => bo.isMuted()).toBe(true)
      bo.unmuteMicrophone()
    }
    await client.until(() => client.participants.get('bo')?.audioEnabled === true)
    await client.ask('act', { actionId: randomUUID(), type: 'remove', room, identity: 'bo', reason: 'the test says so' })
    await client.until(() => client.participants.get('bo')?.isOnline === false)
    const events = client.feed.slice(from).filter(({ data }) => data.room?.name === room)
    const muted = events.filter(({ type }) => type === 'track_muted')
    expect(muted.map(({ data }) => [data.cause, data.operator])).toEqual(muted.map(() => ['action', 'moderator on shift']))
    expect(muted).toHaveLength(5)
    expect(events.filter(({ type }) => type === 'track_unmuted').map(({ data }) => data.cause)).toEqual(
      Array.from({ length: 5 }, () => 'observer'),
    )
    expect(count(toldOf(room, from), 'participant_left bo')).toBe(1)
    expect(count(toldOf(room, from), 'participant_removed bo')).toBe(1)
  }, 40_000)

  it('X4 a bad connection is on the tile, and marked after its seconds, until it recovers; who publishes nothing has none', async () => {
    await change({ ...defaultAttention.thresholds, bad_connections: { on: true, quality: 'poor', people: 1, seconds: 2 } })
    const [cutOff, lossy] = [freshRoom('cut off'), freshRoom('lossy')]
    await stack.join(cutOff, 'silent')
    const stopped = await startStoppableBot({ ...stack.livekit, room: cutOff, identity: 'bo' })
    // A microphone that doesn't announce its silence, so that LiveKit misses packets.
    const mute = await joinBot({ ...stack.livekit, room: lossy, identity: 'cy', publish: { microphone: true }, mayFallSilent: false })
    mute.startSpeaking()
    const qualityOf = (room: string) => client.rooms.get(room)?.worstQuality
    await client.until(() => [cutOff, lossy].every((room) => qualityOf(room)?.quality === 'excellent'))
    expect(qualityOf(cutOff)?.count).toBe(1)
    stopped.pause()
    mute.stopSpeaking()
    await Promise.all([
      client.until(() => qualityOf(cutOff)?.quality === 'lost' && client.rooms.get(cutOff)?.speaking.length === 0),
      client.until(() => qualityOf(lossy)?.quality === 'poor'),
    ])
    for (const room of [cutOff, lossy]) {
      await client.until(() => client.rooms.get(room)?.attention[0]?.rule === 'bad_connections')
      expect(client.rooms.get(room)?.attention[0]?.why).toContain('1 person')
    }
    stopped.resume()
    mute.startSpeaking()
    for (const room of [cutOff, lossy]) {
      await client.until(() => qualityOf(room)?.quality === 'excellent')
      await client.until(() => client.rooms.get(room)?.attention.length === 0)
    }
    await Promise.all([stopped.stop(), mute.leave()])
  }, 120_000)

  async function change(thresholds: AttentionThresholds): Promise<void> {
    const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ attention: { thresholds, patterns: [] } })
    expect((await fetch(`${url}/api/settings`, { method: 'PUT', headers, body })).status).toBe(200)
  }
})
