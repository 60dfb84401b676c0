import type { RTCPeerConnection } from 'werift'
import { describeError } from '#shared/lib/describe-error.ts'

/** A server that relays media, as LiveKit names it when somebody joins. */
export type RelayServer = { readonly urls: string[]; readonly username: string; readonly credential: string }

export type MediaLinkOptions = {
  readonly relays: readonly RelayServer[]
  /** Whether LiveKit asks for its relays to be used, and no other way. */
  readonly relayOnly: boolean
  /** Whether LiveKit runs on this machine: then the loopback address is a way to it. */
  readonly local: boolean
  readonly answer: (sdp: string) => void
  /** `candidate` is the JSON of an ICE candidate. */
  readonly candidate: (candidate: string) => void
  /** Null when the connection stands, else why it does not. */
  readonly onTrouble: (why: string | null) => void
  /** A packet of media arrived, which must not happen. */
  readonly onMedia: () => void
}

/** The media connection of an observer, through which no media comes: LiveKit tells quality only to who has one. */
export type MediaLink = {
  /** Answers LiveKit's offers one after the other. */
  readonly offer: (sdp: string) => void
  readonly candidate: (candidate: string) => void
  readonly close: () => void
}
export type OpenMediaLink = (options: MediaLinkOptions) => MediaLink

/** Answers with a peer connection of `werift`, over UDP, TCP or a relay, whichever LiveKit offers and the network lets through. */
export function openMediaLink(options: MediaLinkOptions): MediaLink {
  let connection: RTCPeerConnection | null = null
  let closed = false
  /** An offer could not be answered, and none has been since. */
  let failed = false
  let turn: Promise<void> = Promise.resolve()

  function tell(trouble: string | null): void {
    if (!closed) options.onTrouble(trouble)
  }

  /** One step after the other, none after the end. */
  function inTurn(step: (peer: RTCPeerConnection) => Promise<void>, onFailure: (error: unknown) => void): void {
    turn = turn.then(async () => {
      if (closed) return
      try {
        connection ??= await connect({ ...options, onTrouble: tell })
        await (closed ? connection.close() : step(connection))
      } catch (error) {
        onFailure(error)
      }
    })
  }

  async function answer(peer: RTCPeerConnection, sdp: string): Promise<void> {
    await peer.setRemoteDescription({ type: 'offer', sdp })
    await peer.setLocalDescription(await peer.createAnswer())
    const { localDescription } = peer
    if (!closed && localDescription) options.answer(localDescription.sdp)
    if (failed && peer.connectionState === 'connected') tell(null)
    failed = false
  }

  return {
    offer: (sdp) =>
      inTurn(
        (peer) => answer(peer, sdp),
        (error) => {
          failed = true
          tell(`the media connection could not be made (${describeError(error)})`)
        },
      ),
    candidate: (candidate) =>
      inTurn(
        // What LiveKit sends; werift itself checks it.
        (peer) => peer.addIceCandidate(JSON.parse(candidate) as object),
        // One way less to reach LiveKit; whether any is left shows by itself.
        () => undefined,
      ),
    close() {
      if (closed) return
      closed = true
      // Also in the middle of an answer: gathering ways through a relay that is away takes long.
      connection?.close().catch(() => undefined)
    },
  }
}

async function connect({ relays, relayOnly, local, candidate, onTrouble, onMedia }: MediaLinkOptions): Promise<RTCPeerConnection> {
  // Not before somebody observes: it takes a third of a second and some megabytes.
  const { RTCPeerConnection } = await import('werift')
  const peer = new RTCPeerConnection({
    // Left out, werift asks a public STUN server. Our address needs no finding out: LiveKit sees it, and has one that can be reached.
    iceServers: relays.flatMap(({ urls, username, credential }) => urls.map((url) => ({ urls: url, username, credential }))),
    iceTransportPolicy: relayOnly ? 'relay' : 'all',
    iceUseTcp: true,
    iceTcpPassive: false,
    ...(local ? { iceAdditionalHostAddresses: ['127.0.0.1'] } : {}),
  })
  peer.onIceCandidate.subscribe((found) => {
    if (found) candidate(JSON.stringify(found.toJSON()))
  })
  peer.onTrack.subscribe((track) => track.onReceiveRtp.subscribe(onMedia))
  peer.connectionStateChange.subscribe((state) => {
    if (state === 'connected') onTrouble(null)
    else if (state === 'failed') onTrouble('the media connection failed: UDP to LiveKit may be blocked, and no other way to it is open')
    else if (state === 'disconnected' || state === 'closed') onTrouble('the media connection is lost')
  })
  return peer
}
