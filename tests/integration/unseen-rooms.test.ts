import { afterEach, describe, expect, it } from 'vitest'
import type { Bot } from '#demo/bot.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

/** No sweep but the first: what is told is told by observers. */
const unswept = { syncIntervalMs: 3_600_000, observeRooms: 300 }
const withMicrophone = { microphone: true }

describe.skipIf(peers.livekit === null)('rooms of a LiveKit that sends no webhook at all', () => {
  let stack: Stack
  const clients: ConsoleClient[] = []

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await stack.stop()
    await disposeRtc()
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
      'participant_left bo',
      'participant_left ana',
      'room_finished ',
    ])
    expect(new Set(client.feed.map(({ data }) => data.cause))).toEqual(new Set(['observer']))
  }, 40_000)
})
