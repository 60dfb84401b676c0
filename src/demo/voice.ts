import type { AudioFrame, AudioSource } from '@livekit/rtc-node'
import { captureFrame, type nativeClient } from './native-client.ts'
import type { Rtc } from './rtc.ts'

/** Enough for a voice; a lower rate costs less. */
export const SAMPLE_RATE = 16_000
/** An `AudioSource` without a queue takes frames of exactly 10 ms. */
const FRAME_MS = 10
const TICK_MS = 20
const SAMPLES = (SAMPLE_RATE * FRAME_MS) / 1000
const FRAMES = 50

/** Half a second of a hum that swells and fades like two syllables. `pitch` in Hz. */
function voiceSamples(pitch: number): readonly Int16Array<ArrayBuffer>[] {
  const total = FRAMES * SAMPLES
  // Whole periods in the loop, or it would click each time it starts again.
  const periods = Math.round((pitch * total) / SAMPLE_RATE)
  return Array.from({ length: FRAMES }, (_, frame) => {
    const samples = new Int16Array(SAMPLES)
    for (let index = 0; index < SAMPLES; index += 1) {
      const phase = (2 * Math.PI * (frame * SAMPLES + index)) / total
      const tone = Math.sin(phase * periods) + 0.4 * Math.sin(phase * periods * 2) + 0.2 * Math.sin(phase * periods * 3)
      samples[index] = 9000 * (0.6 - 0.4 * Math.cos(phase * 2)) * tone
    }
    return samples
  })
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
    speaker.sent = Math.max(speaker.sent, due - FRAMES)
    for (; speaker.sent < due; speaker.sent += 1) {
      const frame = speaker.frames[speaker.sent % FRAMES]
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
