import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nativeClient } from '#demo/native-client.ts'
import { loadRtc } from '#demo/rtc.ts'

// What observing costs with LiveKit's own client for Node: it joins each room it is given a token of, subscribes to everything and disables each publication.
// Asked at /join it joins the rooms; before that its memory is what the client itself takes.

const rtc = await loadRtc()
const native = nativeClient(rtc)
const url = process.env['LIVEKIT_HOST'] ?? ''
// Written by the bench that starts this program.
const tokens = JSON.parse(process.env['TOKENS'] ?? '[]') as string[]
let speakers = 0

async function observe(token: string): Promise<void> {
  const room = new rtc.Room()
  room.on('trackSubscribed', (_track, publication) => {
    native.request({
      message: { case: 'enableRemoteTrackPublication', value: { trackPublicationHandle: publication.ffiHandle.handle, enabled: false } },
    })
  })
  room.on('activeSpeakersChanged', () => (speakers += 1))
  await room.connect(url, token, { autoSubscribe: true, dynacast: false })
}

const server = createServer((request, response) => {
  if (request.url !== '/join') return void response.end(String(speakers))
  void (async () => {
    for (const token of tokens) await observe(token)
    response.end('joined')
  })()
})
server.listen(0, '127.0.0.1', () => {
  // A server that listens on TCP has an address with a port.
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => process.exit(0))
