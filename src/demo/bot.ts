import type { DisconnectReason } from '@livekit/rtc-node'
import { setTimeout as wait } from 'node:timers/promises'
import type { TrackSource as SourceName } from '#shared/domain/participant.ts'
import { Emitter, type Unsubscribe } from '#shared/lib/emitter.ts'
import { mintBotToken, type BotTokenOptions } from './bot-token.ts'
import { publishMicrophone, publishPicture, sourceName, type Microphone } from './bot-tracks.ts'
import { nativeClient, setTrackMuted } from './native-client.ts'
import { loadRtc } from './rtc.ts'

export type BotOptions = BotTokenOptions & {
  readonly url: string
  /** Joins with this one; left out, it makes its own with the key. */
  readonly token?: string
  readonly publish: { readonly microphone?: boolean; readonly camera?: boolean }
  /** Whether it takes the others' media; it costs, and a bot has no ears. */
  readonly subscribe?: boolean
  /**
   * Whether its microphone announces that it may fall silent (Opus DTX; the default). Without it LiveKit takes silence for a bad
   * connection.
   */
  readonly mayFallSilent?: boolean
}

/** A change of a track of its own: by itself or by a moderator. */
export type BotMuted = { readonly source: SourceName; readonly trackSid: string; readonly muted: boolean }

/** What the server sent it: data that no participant sent. */
export type BotMessage = { readonly topic: string; readonly text: string }

/** A participant over real WebRTC. What it can't do without a track (speak without a microphone) does nothing. */
export type Bot = {
  readonly identity: string
  readonly sid: string
  /** When the connection stood, in ms of the wall clock, with a fraction. */
  readonly connectedAt: number
  /** Speaks for that long; resolves when it stopped. */
  readonly speak: (seconds: number) => Promise<void>
  readonly startSpeaking: () => void
  readonly stopSpeaking: () => void
  readonly muteMicrophone: () => void
  readonly unmuteMicrophone: () => void
  readonly setCamera: (on: boolean) => Promise<void>
  readonly setScreen: (on: boolean) => Promise<void>
  /** Whether its own microphone is published and muted, as LiveKit last told it. */
  readonly isMuted: () => boolean
  /** The identities it sees in the room beside itself. LiveKit tells of those who publish nothing only every 3 s. */
  readonly others: () => readonly string[]
  readonly onMuted: (listener: (change: BotMuted) => void) => Unsubscribe
  readonly onMessage: (listener: (message: BotMessage) => void) => Unsubscribe
  /** Its own metadata and the room's, as LiveKit last told it. */
  readonly metadata: () => { readonly own: string; readonly room: string }
  /** Called once, with LiveKit's name for the reason: `CLIENT_INITIATED`, `PARTICIPANT_REMOVED`, `ROOM_DELETED`, ... */
  readonly onDisconnected: (listener: (reason: keyof typeof DisconnectReason) => void) => Unsubscribe
  /** Leaves and lets go of everything; a second call does nothing. */
  readonly leave: () => Promise<void>
}

/** A number that stays the same for an identity, so that a bot keeps its voice and its colour. */
function seedOf(identity: string): number {
  let seed = 0
  for (const character of identity) seed = (seed * 31 + (character.codePointAt(0) ?? 0)) % 10_007
  return seed
}

/**
 * Joins a room over real WebRTC and publishes what it's told to. Rejects when it can't join or publish; then nothing of it remains. Whoever
 * uses bots calls `disposeRtc` last: the process would not end by itself.
 */
export async function joinBot(options: BotOptions): Promise<Bot> {
  const rtc = await loadRtc()
  const native = nativeClient(rtc)
  const room = new rtc.Room()
  const muted = new Emitter<BotMuted>()
  const messages = new Emitter<BotMessage>()
  const disconnected = new Emitter<keyof typeof DisconnectReason>()
  const seed = seedOf(options.identity)
  const pictures = new Map<'camera' | 'screen_share', () => Promise<void>>()
  let microphone: Microphone | null = null
  let leaving: Promise<void> | null = null
  let releasing: Promise<void> = Promise.resolve()

  function tellMuted(isMuted: boolean) {
    return (publication: { sid: string | undefined; source: number | undefined }, participant: { identity: string }) => {
      if (participant.identity !== options.identity) return
      muted.emit({ source: sourceName(rtc, publication.source), trackSid: publication.sid ?? '', muted: isMuted })
    }
  }
  /**
   * Lets go of each track once, whoever calls first: a native handle that is dropped twice ends the process. Whoever calls later waits for
   * it.
   */
  function release(): Promise<void> {
    return (releasing = releasing.then(releaseTracks, releaseTracks))
  }
  async function releaseTracks(): Promise<void> {
    const releases = [...pictures.values()]
    pictures.clear()
    const held = microphone
    microphone = null
    held?.voice.stop()
    await held?.release()
    for (const remove of releases) await remove()
  }
  room.on('trackMuted', tellMuted(true))
  room.on('trackUnmuted', tellMuted(false))
  room.on('dataReceived', (payload, participant, _kind, topic = '') => {
    if (!participant) messages.emit({ topic, text: new TextDecoder().decode(payload) })
  })
  room.on('disconnected', (reason) => {
    void release()
    // The enum's own reverse map, which knows every number of this version.
    disconnected.emit((rtc.DisconnectReason[reason] ?? 'UNKNOWN_REASON') as keyof typeof DisconnectReason)
  })

  async function leave(): Promise<void> {
    microphone?.voice.stop()
    await room.disconnect()
    await release()
  }
  async function setPicture(source: 'camera' | 'screen_share', on: boolean): Promise<void> {
    const shown = pictures.get(source)
    if (on === (shown !== undefined)) return
    if (shown) {
      pictures.delete(source)
      await shown()
      return
    }
    const remove = await publishPicture(rtc, room, source, seed)
    if (remove && room.isConnected) pictures.set(source, remove)
    else await remove?.()
  }
  function setMuted(mute: boolean): void {
    if (microphone && room.isConnected) setTrackMuted(native, microphone.track.ffi_handle.handle, mute)
  }

  await room.connect(options.url, options.token ?? (await mintBotToken(options)), {
    autoSubscribe: options.subscribe ?? false,
    dynacast: true,
    rtcConfig: {
      iceTransportType: rtc.IceTransportType.TRANSPORT_ALL,
      continualGatheringPolicy: rtc.ContinualGatheringPolicy.GATHER_ONCE,
      iceServers: [],
    },
  })
  const connectedAt = performance.timeOrigin + performance.now()
  try {
    if (options.publish.microphone) microphone = await publishMicrophone(rtc, room, seed, options.mayFallSilent ?? true)
    if (options.publish.camera) await setPicture('camera', true)
  } catch (error) {
    await leave()
    throw error
  }

  return {
    identity: options.identity,
    sid: room.localParticipant?.sid ?? '',
    connectedAt,
    speak: async (seconds) => {
      microphone?.voice.start()
      await wait(seconds * 1000)
      microphone?.voice.stop()
    },
    startSpeaking: () => microphone?.voice.start(),
    stopSpeaking: () => microphone?.voice.stop(),
    muteMicrophone: () => setMuted(true),
    unmuteMicrophone: () => setMuted(false),
    setCamera: (on) => setPicture('camera', on),
    setScreen: (on) => setPicture('screen_share', on),
    isMuted: () => microphone?.publication.muted ?? false,
    others: () => [...room.remoteParticipants.keys()],
    onMuted: (listener) => muted.subscribe(listener),
    metadata: () => ({ own: room.localParticipant?.metadata ?? '', room: room.metadata ?? '' }),
    onMessage: (listener) => messages.subscribe(listener),
    onDisconnected: (listener) => disconnected.subscribe(listener),
    leave: () => (leaving ??= leave()),
  }
}
