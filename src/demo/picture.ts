import type { VideoSource } from '@livekit/rtc-node'
import type { Rtc } from './rtc.ts'

export const WIDTH = 160
export const HEIGHT = 90
export const FRAMES_PER_SECOND = 3

/** I420: a plane of brightness, then two of colour at half the width and height. */
const BYTES = WIDTH * HEIGHT * 1.5

/** Draws a tiny moving picture, a bar that wanders over a coloured ground, into a source until it's stopped. Returns the stop. */
export function showPicture(rtc: Rtc, source: VideoSource, hue: number): () => void {
  const picture = new Uint8Array(BYTES)
  picture.fill(hue % 256, WIDTH * HEIGHT, WIDTH * HEIGHT * 1.25)
  picture.fill((hue * 7) % 256, WIDTH * HEIGHT * 1.25)
  let step = 0
  const draw = () => {
    picture.fill(90, 0, WIDTH * HEIGHT)
    const left = (step * 8) % (WIDTH - 16)
    for (let row = 0; row < HEIGHT; row += 1) picture.fill(200, row * WIDTH + left, row * WIDTH + left + 16)
    step += 1
    source.captureFrame(new rtc.VideoFrame(picture, WIDTH, HEIGHT, rtc.VideoBufferType.I420))
  }
  draw()
  const timer = setInterval(draw, 1000 / FRAMES_PER_SECOND)
  return () => clearInterval(timer)
}
