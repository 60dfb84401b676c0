import type { Script } from './script.ts'
import type { Stage } from './step.ts'

/** A gap longer than this was a machine asleep: the script goes on from there instead of catching up. */
const ASLEEP_MS = 5000

/** Plays a script on a stage, in real time, until the returned function is called. */
export function play(script: Script, stage: Stage): () => void {
  let elapsed = 0
  let last = performance.now()
  let timer: NodeJS.Timeout | null = null

  function readClock(): number {
    const now = performance.now()
    const expected = Math.max(0, script.nextAt() - elapsed)
    elapsed += Math.min(now - last, expected + ASLEEP_MS)
    last = now
    return elapsed
  }
  function run(): void {
    for (const step of script.advance(readClock())) stage.perform(step)
    timer = setTimeout(run, Math.max(1, script.nextAt() - elapsed))
  }
  const stopListening = stage.onFact((fact) => {
    script.advance(readClock()).forEach((step) => stage.perform(step))
    script.tell(fact)
    if (timer) clearTimeout(timer)
    timer = setTimeout(run, 0)
  })
  run()
  return () => {
    stopListening()
    if (timer) clearTimeout(timer)
  }
}
