/** How many updates of the wall are told in any second at the most. */
const PER_SECOND = 4
/** The time between two updates, ms, where there is always something to tell, and where nothing is urgent. */
const SPACING_MS = 250
const CALM_MS = 500

/** What people wait for (who is there, who begins to speak) goes out at once where it can; what merely changes goes along, or when nothing else does. */
export type Urgency = 'now' | 'along'

/** When the wall is told what changed. */
export type WallPace = {
  /** Something changed; `send` is called when it may be told. */
  readonly touch: (urgency: Urgency) => void
  /** It was told, whoever asked for that. */
  readonly sent: () => void
  readonly stop: () => void
}

/** `send` is expected to call `sent`. After a calm time one update may follow the one before at once, and what isn't urgent leaves that one to what is. */
export function createWallPace(send: () => void): WallPace {
  // When the last ones were sent, the newest last.
  let times = Array.from({ length: PER_SECOND }, () => -1000)
  let timer: { readonly id: NodeJS.Timeout; readonly due: number } | null = null

  function earliest(urgency: Urgency): number {
    const [oldest = 0, , before = 0, last = 0] = times
    const spacing = urgency === 'along' ? CALM_MS : last - before >= CALM_MS ? 0 : SPACING_MS
    return Math.max(last + spacing, oldest + 1000)
  }

  function clear(): void {
    if (timer) clearTimeout(timer.id)
    timer = null
  }

  return {
    touch(urgency) {
      const due = earliest(urgency)
      if (timer && timer.due <= due) return
      clear()
      timer = { id: setTimeout(send, Math.max(0, due - performance.now())), due }
    },
    sent() {
      clear()
      times = [...times.slice(1), performance.now()]
    },
    stop: clear,
  }
}
