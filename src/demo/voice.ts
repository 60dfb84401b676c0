import type { AudioFrame, AudioSource } from '@livekit/rtc-node'
import { captureFrame, type nativeClient } from './native-client.ts'
import type { Rtc } from './rtc.ts'

/** Enough for a voice; a lower rate costs less. */
export const SAMPLE_RATE = 16_000
/** An `AudioSource` without a queue takes frames of exactly 10 ms. */
const FRAME_MS = 10
const TICK_MS = 20
const SAMPLES = (SAMPLE_RATE * FRAME_MS) / 1000
/** The most that is said at once after a stall of the process. */
const BACKLOG = 50
/** Frames of half a second, and how loud each half second of a phrase is: LiveKit tells a speaker's level only when it changes. */
const BEAT = 50
const PHRASE = [1, 0.5, 0.8, 0.35] as const

/** A phrase of two seconds: a hum that swells and fades like two syllables a beat. `pitch` in Hz. */
function voiceSamples(pitch: number): readonly Int16Array<ArrayBuffer>[] {
  const total = BEAT * SAMPLES
  // Whole periods in a beat, or it would click each time it starts again.
  const periods = Math.round((pitch * total) / SAMPLE_RATE)
  return PHRASE.flatMap((loudness) =>
    Array.from({ length: BEAT }, (_, frame) => {
      const samples = new Int16Array(SAMPLES)
      for (let index = 0; index < SAMPLES; index += 1) {
        const phase = (2 * Math.PI * (frame * SAMPLES + index)) / total
        const tone = Math.sin(phase * periods) + 0.4 * Math.sin(phase * periods * 2) + 0.2 * Math.sin(phase * periods * 3)
        samples[index] = 9000 * loudness * (0.6 - 0.4 * Math.cos(phase * 2)) * tone
      }
      return samples
    }),
  )
}

type Client = ReturnType<typeof nativeClient>
type Speaker = {
  readonly client: Client
  readonly source: AudioSource
  readonly frames: readonly AudioFrame[]
  readonly since: number
  sent: number
}

const speakers = new Set<Speaker>()
let ticker: NodeJS.Timeout | null = null

function tick(): void {
  const now = performance.now()
  for (const speaker of speakers) {
    const due = Math.floor((now - speaker.since) / FRAME_MS)
    // After a stall of the process only the last frames are said: a backlog would be heard as a burst.
    speaker.sent = Math.max(speaker.sent, due - BACKLOG)
    for (; speaker.sent < due; speaker.sent += 1) {
      const frame = speaker.frames[speaker.sent % speaker.frames.length]
      if (frame) captureFrame(speaker.client, speaker.source, frame)
    }
  }
}

/** A voice that can be heard while it speaks; silent, it sends nothing. One timer carries all voices of the process. */
export class Voice {
  readonly #client: Client
  readonly #source: AudioSource
  readonly #frames: readonly AudioFrame[]
  #speaker: Speaker | null = null

  constructor(rtc: Rtc, client: Client, source: AudioSource, pitch: number) {
    this.#client = client
    this.#source = source
    this.#frames = voiceSamples(pitch).map((samples) => new rtc.AudioFrame(samples, SAMPLE_RATE, 1, SAMPLES))
  }

  start(): void {
    if (this.#speaker) return
    this.#speaker = { client: this.#client, source: this.#source, frames: this.#frames, since: performance.now(), sent: 0 }
    speakers.add(this.#speaker)
    ticker ??= setInterval(tick, TICK_MS)
  }

  stop(): void {
    if (!this.#speaker) return
    speakers.delete(this.#speaker)
    this.#speaker = null
    if (speakers.size === 0 && ticker) {
      clearInterval(ticker)
      ticker = null
    }
  }
}
