import { RTCPeerConnection } from 'werift'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openMediaLink, type MediaLink } from './media-link.ts'

/** An offer that can be answered. */
let good = ''
const uncaught: unknown[] = []
const links: MediaLink[] = []
const note = (error: unknown) => void uncaught.push(error)

beforeAll(async () => {
  const peer = new RTCPeerConnection({ iceServers: [] })
  peer.addTransceiver('audio')
  await peer.setLocalDescription(await peer.createOffer())
  good = peer.localDescription?.sdp ?? ''
  await peer.close()
})
beforeEach(() => {
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  for (const link of links.splice(0)) link.close()
  // Rejections that nobody handles are told after the microtasks.
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', note)
  expect(uncaught.splice(0)).toEqual([])
})

function open() {
  const answers: string[] = []
  const troubles: (string | null)[] = []
  const link = openMediaLink({
    relays: [],
    relayOnly: false,
    local: true,
    answer: (sdp) => void answers.push(sdp),
    candidate: () => undefined,
    onTrouble: (trouble) => void troubles.push(trouble),
    onMedia: () => undefined,
  })
  links.push(link)
  return { ...link, answers, troubles }
}

describe('X4 a media connection', () => {
  it.each([
    ['empty', () => ''],
    ['no SDP', () => 'hello'],
    ['cut off', () => good.slice(0, 300)],
    ['without credentials', () => good.replaceAll(/a=ice-.*\r\n/g, '')],
    ['with a broken media line', () => good.replace(/m=audio.*/, 'm=audio')],
    ['with broken candidates', () => good.replaceAll(/a=candidate:.*/g, 'a=candidate:x y z')],
  ])('whose offer is %s fails with one line or not at all, and the next offer is answered', async (_what, sdp) => {
    const { offer, answers, troubles } = open()
    offer(sdp())
    await expect.poll(() => answers.length + troubles.length).toBeGreaterThan(0)
    for (const trouble of troubles) expect(trouble ?? '').not.toContain('\n')
    const next = open()
    next.offer(good)
    await expect.poll(() => next.answers).toHaveLength(1)
  })

  it('goes on where candidates make no sense: each is one way less, and no trouble of its own', async () => {
    const { offer, candidate, answers, troubles } = open()
    offer(good)
    for (const line of [
      '1 udp 1 999.1.1.1 99999 typ host',
      '1 udp 1 nowhere.local 9 typ host',
      '1 tcp 1 127.0.0.1 9 typ host tcptype passive',
    ]) {
      candidate(JSON.stringify({ candidate: `candidate:1 ${line}`, sdpMid: '0', sdpMLineIndex: 0 }))
    }
    for (const text of ['', '{', 'null', '7', '{"candidate":"garbage","sdpMid":"9"}']) candidate(text)
    offer(good)
    await expect.poll(() => answers).toHaveLength(2)
    expect(troubles).toEqual([])
  })

  it('that is closed tells nothing more, whatever was under way', async () => {
    const { offer, close, answers, troubles } = open()
    offer('hello')
    offer(good)
    close()
    close()
    offer(good)
    const other = open()
    other.offer(good)
    await expect.poll(() => other.answers).toHaveLength(1)
    expect([answers, troubles]).toEqual([[], []])
  })
})
