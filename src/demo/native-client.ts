import type { AudioFrame, AudioSource } from '@livekit/rtc-node'
import type { Rtc } from './rtc.ts'

/** rtc-node's line to its native part. It has one per process, and shows it to nobody but through this global. */
type NativeClient = NonNullable<typeof globalThis._ffiClientInstance>

/** Frames whose answer nobody waits for, by the id that the answer will carry. */
const unanswered = new Set<bigint>()

function isNoise(event: unknown): boolean {
  // What rtc-node emits here is always one of its native events.
  const { message } = event as { readonly message: { readonly case?: string; readonly value?: { readonly asyncId?: bigint } } }
  if (message.case === 'logs') return true
  return message.case === 'captureAudioFrame' && message.value?.asyncId !== undefined && unanswered.delete(message.value.asyncId)
}

let quiet: NativeClient | null = null

/**
 * The native client, started if need be. rtc-node hands each native event to each room, and there are thousands of WebRTC's log lines a
 * second while somebody joins: with fifty rooms that alone is more than one core. What no room wants is kept from them.
 */
export function nativeClient(rtc: Rtc): NativeClient {
  if (quiet) return quiet
  // Asking for a picture's address is the cheapest thing that starts the client.
  void new rtc.VideoFrame(new Uint8Array(6), 2, 2, rtc.VideoBufferType.I420).dataPtr
  const client = globalThis._ffiClientInstance
  if (!client) throw new Error('rtc-node has not started its native part')
  const emit = client.emit.bind(client)
  client.emit = (name, ...values) => (isNoise(values[0]) ? false : emit(name, ...values))
  quiet = client
  return client
}

/** Hands a frame to a source and doesn't wait for the answer. */
export function captureFrame(client: NativeClient, source: AudioSource, frame: AudioFrame): void {
  const answer = client.request<{ readonly asyncId?: bigint }>({
    message: { case: 'captureAudioFrame', value: { sourceHandle: source.ffiHandle.handle, buffer: frame.protoInfo() } },
  })
  if (answer.asyncId !== undefined) unanswered.add(answer.asyncId)
}

/** Mutes or unmutes a track of one's own, as the person would. rtc-node 1.1 has no call for it. */
export function setTrackMuted(client: NativeClient, trackHandle: bigint, mute: boolean): void {
  client.request({ message: { case: 'localTrackMute', value: { trackHandle, mute } } })
}
