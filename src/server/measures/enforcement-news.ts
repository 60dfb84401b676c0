import { Disposables } from '#shared/lib/disposables.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { CarriedOut } from './carry-out.ts'

/** How often it is told at the most that a measure was enforced on one person in one room, ms. */
const PACE_MS = 60_000

/** Something that is to be told: that a measure was enforced, would have been, or could not be. */
type EnforcedNews = Pick<Extract<CarriedOut, { kind: 'done' }>, 'measure' | 'present' | 'detail'>

/** Tells the feed what was enforced: the first of a loop at once, then how often, a line a minute. */
export type EnforcementNews = {
  readonly tell: (room: string, news: EnforcedNews) => Promise<void>
  /** Tells what waits. */
  readonly stop: () => Promise<void>
}

type Window = {
  readonly end: number
  readonly timer: NodeJS.Timeout
  waiting: { readonly room: string; readonly news: EnforcedNews; count: number } | null
}

export function createEnforcementNews(rooms: Pick<LiveRooms, 'submit' | 'told'>, now: () => number, paceMs = PACE_MS): EnforcementNews {
  const windows = new Map<string, Window>()
  let stopped = false

  /** `mark`: of the same stay it is told once, whichever instances tell it. */
  async function submit(room: string, { measure, present, detail }: EnforcedNews, mark = ''): Promise<void> {
    const { identity, sid } = present.row
    await rooms.submit({
      id: `enforced.${measure.id}.${sid}${mark}`,
      at: now(),
      room: { name: room, sid: present.room.facts.sid, facts: null },
      cause: 'server',
      type: 'noted',
      note: 'measure_enforced',
      participant: { identity, sid },
      measureId: measure.id,
      detail,
    })
  }

  function open(key: string): void {
    const known = windows.get(key)
    if (known) return
    windows.set(key, { end: now() + paceMs, timer: setTimeout(() => close(key), paceMs).unref(), waiting: null })
  }

  function close(key: string): void {
    const { waiting } = windows.get(key) ?? { waiting: null }
    windows.delete(key)
    if (!waiting || stopped) return
    open(key)
    void tellWaiting(waiting)
  }

  async function tellWaiting({ room, news, count }: NonNullable<Window['waiting']>): Promise<void> {
    const detail = count === 1 ? news.detail : `${news.detail} ${count} times`
    await submit(room, { ...news, detail }, `.${now()}`)
  }

  const subscriptions = new Disposables()
  subscriptions.add(
    // Others tell of the same loop.
    rooms.told.subscribe(({ type, data: { measureId, participant, room } }) => {
      if (type === 'measure_enforced' && measureId !== undefined && participant && room)
        open(keyOf(measureId, participant.identity, room.name))
    }),
  )

  return {
    async tell(room, news) {
      const key = keyOf(news.measure.id, news.present.row.identity, room)
      const window = windows.get(key)
      if (window) {
        window.waiting = { room, news, count: (window.waiting?.count ?? 0) + 1 }
        return
      }
      open(key)
      await submit(room, news)
    },
    async stop() {
      stopped = true
      subscriptions.dispose()
      const waiting = [...windows.values()].map((window) => window.waiting).filter((each) => each !== null)
      for (const { timer } of windows.values()) clearTimeout(timer)
      windows.clear()
      await Promise.all(waiting.map(tellWaiting))
    },
  }
}

function keyOf(measureId: string, identity: string, room: string): string {
  return JSON.stringify([measureId, identity, room])
}
