import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Presence } from '#shared/domain/presence.ts'
import { createSoleLeases, type LeaseAnswer, type LeaseRequest, type ObserveLeases } from './leases.ts'
import type { Claim } from './observe-policy.ts'
import { startObservers, type ObserverNews } from './observers.ts'
import { openLiveScene } from './testing/live-scene.ts'
import { createScriptedObserver, seen as see, type ScriptedVisit } from './testing/scripted-observer.ts'

const START = new Date('2026-01-31T12:00:00Z')

beforeEach(() => {
  vi.useFakeTimers({ now: START })
})
afterEach(async () => {
  await vi.advanceTimersByTimeAsync(1)
  expect(vi.getTimerCount(), 'timers that were left').toBe(0)
  vi.useRealTimers()
})

type Settings = {
  readonly slots?: number
  readonly rooms?: number
  readonly leases?: Partial<ObserveLeases>
  /** What becomes of each visit at once. */
  readonly onVisit?: (visit: ScriptedVisit) => void
}

/** Observers of so many rooms, each with one person in it, on a clock that the test moves. */
async function start({ slots = 300, rooms: count = 1, leases = {}, onVisit }: Settings = {}) {
  const scene = await openLiveScene()
  for (let index = 0; index < count; index += 1) await scene.enter(`room ${index}`, 'ana')
  const scripted = createScriptedObserver(onVisit)
  const news: ObserverNews[] = []
  const stale: string[] = []
  const released: string[] = []
  const seen = new Map<string, number>()
  const claims = new Map<string, Claim>()
  const presences: Presence[] = []
  const sole = createSoleLeases()
  let closed = 0
  const observers = startObservers({
    rooms: scene.rooms,
    observer: scripted.observer,
    leases: {
      ...sole,
      release: (rooms) => Promise.resolve(void released.push(...rooms)),
      close: () => void (closed += 1),
      ...leases,
    },
    slots,
    claims: () => (room) => claims.get(room) ?? 'turn',
    seenAt: (room) => seen.get(room) ?? 0,
    settled: () => null,
    onPresence(presence) {
      presences.push(presence)
      seen.set(presence.room, presence.at)
    },
    onStale: (room) => void stale.push(room),
    onNews: (each) => void news.push(each),
  })
  return {
    ...scene,
    ...scripted,
    observers,
    news,
    stale,
    released,
    seen,
    claims,
    presences,
    closed: () => closed,
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
    ends: () => news.filter(({ kind }) => kind === 'ended').length,
  }
}

/** In, and sees who is there. */
const letIn = (visit: ScriptedVisit) => visit.join(see('ana'))

describe('X2 rooms are joined one after the other', () => {
  it('never more than 20 within a second after a start, also where 300 are waiting, and then all are observed', async () => {
    const { visits, observers, pass } = await start({ rooms: 300, onVisit: letIn })
    await pass(60_000)
    const times = visits.map(({ at }) => at)
    expect(times).toHaveLength(300)
    for (const [index, at] of times.entries()) expect((times[index + 20] ?? Infinity) - at).toBeGreaterThan(990)
    expect(observers.status()).toMatchObject({ slots: 300, observed: 300, rooms: 300, turnMs: 0, trouble: null })
    await observers.stop()
  })

  it('and after all were lost at once they come back as slowly, not in the same moment', async () => {
    const { visits, open, observers, pass } = await start({ rooms: 100, onVisit: letIn })
    await pass(20_000)
    const before = visits.length
    for (const visit of open()) visit.end('lost')
    await pass(20_000)
    const times = visits.slice(before).map(({ at }) => at)
    expect(times.length).toBeGreaterThanOrEqual(100)
    for (const [index, at] of times.entries()) expect((times[index + 20] ?? Infinity) - at).toBeGreaterThan(990)
    expect(observers.status().observed).toBe(100)
    await observers.stop()
  })

  it('at the usual pace after the clock was set back by an hour, and rooms go on taking turns', async () => {
    const { visits, observers, pass } = await start({ rooms: 30, slots: 5, onVisit: confirm })
    await pass(30_000)
    vi.setSystemTime(Date.now() - 3_600_000)
    const before = visits.length
    await pass(120_000)
    expect(new Set(visits.slice(before).map(({ target }) => target.room)).size).toBe(30)
    await observers.stop()
    await pass(5000)
  })

  /** In, and heard of as LiveKit's pings are. */
  function confirm(visit: ScriptedVisit): void {
    letIn(visit)
    const timer = setInterval(() => (visit.isOpen() ? visit.tell({ type: 'alive' }) : clearInterval(timer)), 5000)
  }
})

describe('X2 who looks', () => {
  it('has the room observed at once, though all slots are taken', async () => {
    const { claims, observers, open, pass } = await start({ rooms: 10, slots: 3, onVisit: letIn })
    await pass(5000)
    const unseen = Array.from({ length: 10 }, (_, index) => `room ${index}`).find(
      (room) => !open().some(({ target }) => target.room === room),
    )
    claims.set(unseen ?? '', 'looked')
    observers.lookAgain()
    await pass(200)
    expect(open().map(({ target }) => target.room)).toContain(unseen)
    await pass(1000)
    expect(open()).toHaveLength(3)
    await observers.stop()
  })
})

describe('where LiveKit lets no observer in', () => {
  it.each(['refused', 'busy'] as const)(
    '%s: nothing more is tried, one piece of news a time, ever more seldom, until it works',
    async (kind) => {
      let good = false
      const { visits, observers, news, ends, pass } = await start({
        rooms: 200,
        // As over a network: the next joins begin before the first is answered.
        onVisit: (visit) => void setTimeout(() => (good ? letIn(visit) : visit.end(kind, 'nobody is let in')), 120),
      })
      await pass(4000)
      expect(visits.length).toBeLessThanOrEqual(3)
      expect(ends()).toBe(1)
      expect(observers.status()).toMatchObject({ observed: 0, trouble: 'nobody is let in' })
      const first = visits.length
      await pass(3_600_000)
      const gaps = visits.slice(first).map(({ at }, index) => at - (visits[first + index - 1]?.at ?? 0))
      expect(gaps.length).toBeGreaterThan(4)
      expect(gaps.length).toBeLessThan(kind === 'busy' ? 70 : 12)
      expect(gaps[1]).toBeGreaterThan(gaps[0] ?? Infinity)
      expect(gaps[2]).toBeGreaterThan(gaps[1] ?? Infinity)
      expect(ends()).toBe(1 + gaps.length)
      good = true
      await pass(1_000_000)
      expect(observers.status()).toMatchObject({ observed: 200, trouble: null })
      expect(news.filter(({ kind: each }) => each === 'joined')).toHaveLength(200)
      await observers.stop()
    },
  )

  it('those that are in stay in', async () => {
    let full = false
    const { enter, open, observers, pass } = await start({
      rooms: 5,
      onVisit: (visit) => (full ? visit.end('busy') : letIn(visit)),
    })
    await pass(3000)
    full = true
    await enter('room 5', 'bo')
    await pass(30_000)
    expect(open()).toHaveLength(5)
    await observers.stop()
  })
})

describe('a visit that ends', () => {
  it('removed: the observer is not back for a minute, and for longer the next time', async () => {
    const { visits, visitTo, observers, pass } = await start({ onVisit: letIn })
    await pass(1000)
    visitTo('room 0').end('removed')
    await pass(60_000)
    expect(visits).toHaveLength(1)
    await pass(32_000)
    expect(visits).toHaveLength(2)
    visitTo('room 0').end('removed')
    await pass(120_000)
    expect(visits).toHaveLength(2)
    await pass(62_000)
    expect(visits).toHaveLength(3)
    await observers.stop()
  })

  it('lost: it is tried again soon, ever more seldom while it fails, and soon again after it held', async () => {
    let good = false
    const { visits, visitTo, observers, pass } = await start({ onVisit: (visit) => (good ? letIn(visit) : visit.end('lost')) })
    await pass(10_000)
    expect(visits.length).toBeGreaterThanOrEqual(3)
    expect(visits.length).toBeLessThanOrEqual(6)
    await pass(290_000)
    expect(visits.length).toBeLessThan(20)
    good = true
    await pass(90_000)
    const count = visits.length
    visitTo('room 0').end('lost')
    await pass(2000)
    expect(visits).toHaveLength(count + 1)
    await observers.stop()
  })

  it('a room that ends while the observer is on its way is left alone, and LiveKit is asked about it', async () => {
    const { finish, visits, released, stale, observers, pass } = await start({
      onVisit: (visit) => void setTimeout(() => visit.end('not_live'), 100),
    })
    await pass(230)
    expect(visits).toHaveLength(1)
    await finish('room 0')
    expect(stale).toEqual(['room 0'])
    await pass(60_000)
    expect(visits).toHaveLength(1)
    expect(released).toContain('room 0')
    await observers.stop()
  })

  it('a room that ended before its join had its turn is not visited', async () => {
    const { finish, visits, observers, pass } = await start({ rooms: 20, onVisit: letIn })
    await pass(150)
    for (let index = 0; index < 20; index += 1) await finish(`room ${index}`)
    await pass(5000)
    expect(visits.length).toBeLessThan(20)
    expect(observers.status()).toMatchObject({ observed: 0, rooms: 0 })
    await observers.stop()
  })

  it('begun again under the same name: it leaves the old session and joins the new one', async () => {
    const { enter, visits, open, observers, pass } = await start({ onVisit: letIn })
    await pass(1000)
    await enter('room 0', 'ana', { sid: 'PA_again', joinedAt: 9, session: 1 })
    await pass(2000)
    expect(visits.map(({ target }) => target.sid)).toEqual(['RM_room 0_0', 'RM_room 0_1'])
    expect(open().map(({ target }) => target.sid)).toEqual(['RM_room 0_1'])
    await observers.stop()
  })

  it('another session than is known here: LiveKit is asked about the room, and it is tried again after a while', async () => {
    const { visits, stale, observers, pass } = await start({ onVisit: (visit) => visit.end('other_session') })
    await pass(1900)
    expect([visits.length, stale.length]).toEqual([1, 1])
    await pass(4000)
    expect(visits).toHaveLength(2)
    await observers.stop()
  })
})

describe('X3 a room that everybody has left', () => {
  it('is left after five seconds, whoever is hidden there', async () => {
    const { enter, leave, open, released, observers, pass } = await start({ onVisit: letIn })
    await enter('room 0', 'recorder', { hidden: true })
    await pass(2000)
    await leave('room 0', 'ana')
    await pass(4000)
    expect(open()).toHaveLength(1)
    await pass(3000)
    expect(open()).toHaveLength(0)
    expect(released).toEqual(['room 0'])
    await observers.stop()
  })

  it('stays observed where somebody comes back in time', async () => {
    const { enter, leave, visits, open, observers, pass } = await start({ onVisit: letIn })
    await pass(2000)
    await leave('room 0', 'ana')
    await pass(3000)
    await enter('room 0', 'bo')
    await pass(10_000)
    expect([visits.length, open().length]).toEqual([1, 1])
    await observers.stop()
  })

  it('with nobody but hidden ones it is never joined', async () => {
    const { enter, visits, observers, pass } = await start({ rooms: 0, onVisit: letIn })
    await enter('secret', 'recorder', { hidden: true })
    await pass(10_000)
    expect(visits).toEqual([])
    await observers.stop()
  })
})

describe('leases', () => {
  /** Leases whose answers the test gives. */
  function scriptLeases(answer: (request: LeaseRequest) => LeaseAnswer | null) {
    const asked: LeaseRequest[] = []
    const hold = (request: LeaseRequest) => {
      asked.push(request)
      return Promise.resolve(answer(request))
    }
    return { asked, hold }
  }
  const all = ({ want, count }: LeaseRequest) => ({ lost: [], taken: want.slice(0, count) })

  it('a room that another instance has now is left without letting go of its lease', async () => {
    let lost: string[] = []
    const leases = scriptLeases((request) =>
      request.keep.length > 0 ? { lost, taken: [] } : lost.length > 0 ? { lost: [], taken: [] } : all(request),
    )
    const { open, released, observers, pass } = await start({ rooms: 3, leases, onVisit: letIn })
    await pass(2000)
    lost = ['room 1']
    await pass(1000)
    expect(open().map(({ target }) => target.room)).toEqual(['room 0', 'room 2'])
    expect(released).toEqual([])
    await observers.stop()
  })

  it('while Redis is away it keeps what it has and begins nothing', async () => {
    let away = false
    const leases = scriptLeases((request) => (away ? null : all(request)))
    const { enter, open, observers, pass } = await start({ rooms: 3, leases, onVisit: letIn })
    await pass(2000)
    away = true
    await enter('room 3', 'bo')
    await pass(20_000)
    expect(open()).toHaveLength(3)
    away = false
    await pass(2000)
    expect(open()).toHaveLength(4)
    await observers.stop()
  })

  it('asks for those it has again before they end', async () => {
    const leases = scriptLeases(all)
    const { observers, pass } = await start({ rooms: 3, leases, onVisit: letIn })
    await pass(10_000)
    const kept = leases.asked.filter(({ keep }) => keep.length === 3)
    expect(kept.length).toBeGreaterThanOrEqual(9)
    await observers.stop()
  })

  it('what was taken while the server stops is let go of', async () => {
    const { promise, resolve } = Promise.withResolvers<LeaseAnswer>()
    const { visits, released, closed, observers, pass } = await start({ leases: { hold: () => promise }, onVisit: letIn })
    await pass(150)
    const stopped = observers.stop()
    resolve({ lost: [], taken: ['room 0'] })
    await stopped
    expect(visits).toEqual([])
    expect(released).toEqual(['room 0'])
    expect(closed()).toBe(1)
  })

  it('where they fail in a way that must not be, that is told, and the next plan is made all the same', async () => {
    let broken = true
    const hold = (request: LeaseRequest) => (broken ? Promise.reject(new Error('a bug')) : Promise.resolve(all(request)))
    const { news, open, observers, pass } = await start({ leases: { hold }, onVisit: letIn })
    await pass(700)
    expect(news).toEqual([{ kind: 'failed', why: 'a bug' }])
    broken = false
    await pass(1500)
    expect(open()).toHaveLength(1)
    await observers.stop()
  })
})

describe('all of them', () => {
  it('are left when the store begins another life, and joined again where the rooms still are', async () => {
    const { rooms, visits, open, released, observers, pass } = await start({ rooms: 3, onVisit: letIn })
    await pass(2000)
    rooms.lost.emit()
    expect(open()).toHaveLength(0)
    await pass(5000)
    expect([visits.length, open().length, released.length]).toEqual([6, 3, 3])
    await observers.stop()
  })

  it('are left when the server stops: their leases go, nothing is told after, and no timer stays', async () => {
    const { visits, open, released, presences, closed, observers, pass } = await start({ rooms: 50, onVisit: letIn })
    // Some are in, some wait for their turn.
    await pass(1300)
    await observers.stop()
    const told = presences.length
    expect([open().length, closed()]).toEqual([0, 1])
    expect(visits.length).toBeLessThan(50)
    expect(released.length).toBeGreaterThanOrEqual(visits.length)
    for (const visit of visits) visit.tell({ type: 'alive' })
    expect(vi.getTimerCount()).toBe(0)
    await pass(60_000)
    expect(presences).toHaveLength(told)
  })

  it('none where there are no slots, and nothing runs', async () => {
    const { visits, observers, pass } = await start({ slots: 0, onVisit: letIn })
    await pass(1)
    observers.lookAgain()
    expect(vi.getTimerCount()).toBe(0)
    await pass(10_000)
    expect(visits).toEqual([])
    expect(observers.status()).toMatchObject({ slots: 0, observed: 0 })
    await observers.stop()
  })
})

describe('X4 a room without a media connection', () => {
  it('is told once, counted, and no longer when the connection stands or the visit is over', async () => {
    const { visitTo, news, observers, pass } = await start({ rooms: 2, onVisit: letIn })
    await pass(2000)
    for (const room of ['room 0', 'room 1']) visitTo(room).tell({ type: 'media', trouble: 'UDP is blocked' })
    visitTo('room 0').tell({ type: 'media', trouble: 'the media connection failed' })
    expect(observers.status()).toMatchObject({ observed: 2, withoutMedia: 2, trouble: 'the media connection failed' })
    expect(news.filter(({ kind }) => kind === 'no_media')).toHaveLength(2)
    visitTo('room 0').tell({ type: 'media', trouble: null })
    expect(observers.status()).toMatchObject({ withoutMedia: 1, trouble: 'UDP is blocked' })
    visitTo('room 1').end('lost')
    expect(observers.status()).toMatchObject({ withoutMedia: 0, trouble: null })
    await observers.stop()
  })
})
