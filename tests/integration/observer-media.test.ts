import { RoomServiceClient } from 'livekit-server-sdk'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { joinBot } from '#demo/bot.ts'
import { freeTcpPort, freeUdpPort } from '#demo/free-port.ts'
import { startLivekitServer, type LivekitOptions, type LivekitProcess } from '#demo/livekit-server.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { observerIdentity } from '#server/livekit/own-observers.ts'
import type { RoomObserver, Sighting } from '#server/observers/room-observer.ts'
import { createLivekitObserver } from '#server/observers/signal/livekit-observer.ts'
import { openMediaLink, type OpenMediaLink } from '#server/observers/signal/media-link.ts'
import { signObserveToken } from '#server/tokens/observe-token.ts'
import { freshRoom } from '../harness/stack.ts'
import { peers } from '../peers.ts'

/** Whether a way is open, by its ICE candidate. */
type Way = (candidate: string) => boolean
const tcpOnly: Way = (candidate) => / tcp /i.test(candidate)
const none: Way = () => false

/** Neither side hears of a way that is not open, so that nobody can use it. */
function through(isOpen: Way): OpenMediaLink {
  const strip = (sdp: string) =>
    sdp
      .split('\r\n')
      .filter((line) => !line.startsWith('a=candidate') || isOpen(line))
      .join('\r\n')
  return (options) => {
    const link = openMediaLink({
      ...options,
      answer: (sdp) => options.answer(strip(sdp)),
      candidate: (candidate) => void (isOpen(candidate) && options.candidate(candidate)),
    })
    return {
      offer: (sdp) => link.offer(strip(sdp)),
      candidate: (candidate) => void (isOpen(candidate) && link.candidate(candidate)),
      close: link.close,
    }
  }
}

/** As where LiveKit asks for its relays to be used. */
const relayed: OpenMediaLink = (options) => openMediaLink({ ...options, relayOnly: true })

describe.skipIf(peers.livekit === null)('X4 an observer where UDP does not come through', () => {
  const closing: (() => unknown)[] = []
  let packets = 0

  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close()
  })
  afterAll(disposeRtc)

  /** A LiveKit with somebody who talks in a room. */
  async function serve(more: Pick<LivekitOptions, 'rtc' | 'turn'>) {
    const livekit = await startLivekitServer({ binary: peers.livekit ?? '', webhookUrls: [], ...more })
    closing.push(livekit.stop)
    const room = freshRoom('no udp')
    const bot = await joinBot({ ...livekit, room, identity: 'ana', publish: { microphone: true } })
    closing.push(bot.leave)
    bot.startSpeaking()
    const api = new RoomServiceClient(livekit.url.replace(/^ws/, 'http'), livekit.apiKey, livekit.apiSecret)
    const [listed] = await api.listRooms([room])
    return { livekit, target: { room, sid: listed?.sid ?? '' }, ana: bot.sid }
  }

  function observerOf({ url, apiKey, apiSecret }: LivekitProcess, link: OpenMediaLink): RoomObserver {
    return createLivekitObserver({
      host: url,
      signToken: (room) => signObserveToken([{ key: apiKey, secret: apiSecret }], room, observerIdentity('test')),
      openMediaLink: link,
      onMedia: () => void (packets += 1),
    })
  }

  /** Observes until something is seen; answers all that was. */
  function observeUntil(observer: RoomObserver, target: Parameters<RoomObserver>[0], is: (sighting: Sighting) => boolean) {
    return new Promise<Sighting[]>((resolve) => {
      const seen: Sighting[] = []
      const leave = observer(target, (sighting) => {
        seen.push(sighting)
        if (!is(sighting)) return
        leave()
        resolve(seen)
      })
    })
  }

  it.each([
    ['ICE over TCP', async () => ({ rtc: { tcp_port: await freeTcpPort() } }), through(tcpOnly)],
    [
      "LiveKit's own relay",
      async () => {
        const [first, port] = [await freeUdpPort(), await freeUdpPort()]
        // Everything is on loopback, which a relay reaches only where it is told to.
        const reach = { allow_restricted_peer_cidrs: ['127.0.0.0/8'], bind_addresses: ['127.0.0.1'] }
        return {
          turn: { enabled: true, domain: 'localhost', udp_port: port, relay_range_start: first, relay_range_end: first + 200, ...reach },
        }
      },
      relayed,
    ],
  ])(
    'knows the quality of connections by %s, without a packet of media',
    async (_way, settings, link) => {
      const { livekit, target, ana } = await serve(await settings())
      const seen = await observeUntil(
        observerOf(livekit, link),
        target,
        (sighting) => sighting.type === 'quality' && sighting.quality.some(({ sid, quality }) => sid === ana && quality !== 'unknown'),
      )
      expect(seen).toContainEqual({ type: 'media', trouble: null })
      expect(packets).toBe(0)
    },
    30_000,
  )

  it('and nothing else does: it says why, and after LiveKit has given up on it hears who speaks for as long as it may stay', async () => {
    const { livekit, target, ana } = await serve({})
    const observer = observerOf(livekit, through(none))
    const talks = ({ type, ...rest }: Sighting) => type === 'speakers' && 'speakers' in rest && rest.speakers.some(({ sid }) => sid === ana)
    const first = await observeUntil(observer, target, ({ type }) => type === 'ended')
    expect(first.some(talks)).toBe(true)
    expect(first).toContainEqual({ type: 'media', trouble: expect.stringContaining('UDP') as string })
    expect(first.at(-1)).toMatchObject({ end: { kind: 'lost' } })
    // LiveKit ends a visit whose answered offer led nowhere after 10 to 15 s.
    const from = performance.now()
    const second = await observeUntil(
      observer,
      target,
      (sighting) => sighting.type === 'ended' || (performance.now() - from > 20_000 && talks(sighting)),
    )
    expect(second.some(({ type }) => type === 'ended')).toBe(false)
    expect(second[1]).toEqual({ type: 'media', trouble: expect.stringContaining('UDP') as string })
  }, 60_000)
})
