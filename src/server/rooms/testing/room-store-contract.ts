import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Emitter } from '#shared/lib/emitter.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { applyRoomEvent } from '../apply-room-event.ts'
import type { FeedDraft } from '../feed-draft.ts'
import { openLiveRooms, type LiveRooms } from '../live-rooms.ts'
import { withChange } from '../room-change.ts'
import type { RoomEvent } from '../room-event.ts'
import { emptyRecord, type RoomRecord } from '../room-model.ts'
import type { RoomStore } from '../room-store.ts'
import { arrivals, historyOf, visibleState } from './room-histories.ts'

/** What a suite needs of a kind of store: stores on the same data, and a way to lose all of it. */
export type StoreLab = {
  /** Another store on the same data; where stores can't share, the same one. */
  readonly create: () => RoomStore
  /** Empties what it stands on; only asked of a kind that can lose it. */
  readonly lose: () => Promise<void>
  readonly dispose: () => Promise<void>
}

const history = (name: string) =>
  historyOf(name, [
    { kind: 'join', person: 0, source: 'camera' },
    { kind: 'publish', person: 0, source: 'microphone' },
    { kind: 'join', person: 1, source: 'camera' },
    { kind: 'leave', person: 1, source: 'camera' },
  ])

/** What every store does, on whatever it stands; `canLose`: what it stands on can lose everything while the store lives. */
export function describeRoomStore(kind: string, { canLose }: { canLose: boolean }, open: () => Promise<StoreLab>): void {
  describe(`a room store: ${kind}`, () => {
    let lab: StoreLab
    const opened: LiveRooms[] = []

    beforeEach(async () => {
      lab = await open()
    })
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((rooms) => rooms.close()))
      await lab.dispose()
    })

    async function instance(): Promise<LiveRooms> {
      const rooms = await openLiveRooms(lab.create())
      opened.push(rooms)
      return rooms
    }

    it('S1.1 keeps what was committed, and reads it back as it was', async () => {
      const rooms = await instance()
      for (const event of history('lobby')) await rooms.submit(event)
      const { records } = await lab.create().open()
      expect(records.map(visibleState)).toEqual([visibleState(rooms.newest('lobby'))])
    })

    it('S2.2 keeps roles, and who is invited, and tells both to every instance', async () => {
      const [here, there] = [await instance(), await instance()]
      const [start, join] = history('lobby')
      if (!start || join?.type !== 'participant_joined') throw new Error('the history begins otherwise')
      const common = { at: Date.now(), room: { ...start.room, facts: null }, cause: 'server' } as const
      const { identity } = join.participant
      const invitation = { identity: 'guest', name: '👩‍🚀', role: 'SPEAKER', canSpeak: true, canVideo: false }
      await here.submit(start)
      await here.submit({ ...common, id: 'I1', type: 'participant_invited', ...invitation })
      await there.submit({ ...common, id: 'I2', type: 'participant_invited', ...invitation })
      await there.submit(join)
      await here.submit({ ...common, id: 'R1', type: 'role_changed', participant: { identity }, role: 'HOST' })
      await until(there, () => there.get('lobby').room?.participants.get(identity)?.role === 'HOST')
      expect(there.get('lobby').room?.participants.get('guest')).toMatchObject({ invited: true, online: false, role: 'SPEAKER' })
      const { records } = await lab.create().open()
      expect(records.map(visibleState)).toEqual([visibleState(there.get('lobby'))])
    })

    it('1,000 histories, late, doubled and out of order, end in the state that happened, and no revision falls', async () => {
      const rooms = await instance()
      let serial = 0
      await fc.assert(
        fc.asyncProperty(arrivals('r'), async ({ happened, arrived }) => {
          serial += 1
          const [name, straight] = [`room ${serial}`, emptyRecord('r')]
          let revision = 0
          for (const event of arrived) {
            await rooms.submit(inRoom(event, name))
            const now = rooms.newest(name).revision
            expect(now).toBeGreaterThanOrEqual(revision)
            revision = now
          }
          const expected = happened.reduce(fold, straight)
          expect(visibleState(rooms.newest(name))).toEqual(visibleState(expected))
        }),
        { numRuns: 1000, seed: 20_262 },
      )
    }, 60_000)

    it('answers a commit on an old record with the newest one, and writes nothing', async () => {
      const store = lab.create()
      await store.open()
      const [first, second, third] = history('lobby')
      if (!first || !second || !third) throw new Error('the history is too short')
      const empty = emptyRecord('lobby')
      const applied = appliedTo(empty, first)
      const outcome = await store.commit(empty, applied)
      expect(outcome).toMatchObject({ kind: 'committed' })
      const again = await store.commit(empty, appliedTo(empty, second))
      expect(again).toMatchObject({ kind: 'conflict', record: { name: 'lobby' } })
      expect(again.kind === 'conflict' && visibleState(again.record)).toEqual(visibleState(fold(empty, first)))
    })

    it('two instances that take events of one room at once lose none of them', async () => {
      const [here, there] = [await instance(), await instance()]
      const events = history('lobby')
      await Promise.all(events.flatMap((event) => [here.submit(event), there.submit(event)]))
      const expected = visibleState(events.reduce(fold, emptyRecord('lobby')))
      await until(here, () => here.get('lobby').revision === here.newest('lobby').revision)
      const fresh = lab.create()
      await fresh.open()
      expect(visibleState(await fresh.load('lobby'))).toEqual(expected)
    })

    it('tells every follower each event once, in order, with a cursor to go on from', async () => {
      const [here, there] = [await instance(), await instance()]
      const told: FeedEvent[] = []
      const enough = new Emitter<void>()
      there.told.subscribe((event) => {
        told.push(event)
        enough.emit()
      })
      const events = history('lobby')
      const all = once(enough, () => told.length === events.length)
      for (const event of events) await here.submit(event)
      await all
      expect(told.map(({ data }) => data.id)).toEqual(events.map(({ id }) => id))
      expect(there.cursor()).toBe(told.at(-1)?.data.cursor)
      expect(visibleState(there.get('lobby'))).toEqual(visibleState(here.newest('lobby')))
      const later: string[] = []
      const store = lab.create()
      await store.open()
      const resumed = new Promise<void>((resolve) => {
        const unfollow = store.follow(told[1]?.data.cursor ?? '', {
          entries(entries) {
            for (const { body } of entries) if (body.kind === 'commit' && body.feed) later.push(body.feed.data.id)
            if (later.length === events.length - 2) resolve(unfollow())
          },
          lost: () => undefined,
          reachable: () => undefined,
        })
      })
      await resumed
      expect(later).toEqual(events.slice(2).map(({ id }) => id))
      await store.close()
    })

    it('a room that ends and begins again goes on above its last revision', async () => {
      const rooms = await instance()
      const events = historyOf('lobby', [
        { kind: 'join', person: 0, source: 'camera' },
        { kind: 'restart' },
        { kind: 'join', person: 0, source: 'camera' },
      ])
      const revisions: number[] = []
      for (const event of events) {
        await rooms.submit(event)
        revisions.push(rooms.newest('lobby').revision)
      }
      expect(revisions).toEqual(revisions.toSorted((a, b) => a - b))
      expect(new Set(revisions).size).toBe(events.length)
      for (const event of history('another')) await rooms.submit(event)
      expect(rooms.newest('another').revision).toBeGreaterThan(0)
    })

    it('takes any name as just a name', async () => {
      const rooms = await instance()
      const names = ['a:b', '{x}', '👩‍🚀', '__proto__', 'x'.repeat(256), 'index', '"\\\n']
      for (const name of names) for (const event of history(name)) await rooms.submit(event)
      const { records } = await lab.create().open()
      expect(new Set(records.map(({ name }) => name))).toEqual(new Set(names))
      for (const record of records) expect(visibleState(record)).toEqual(visibleState(rooms.newest(record.name)))
    })

    it('tells what changes no room to every follower, in order with the rest', async () => {
      const [here, there] = [await instance(), await instance()]
      const told: FeedEvent[] = []
      there.told.subscribe((event) => told.push(event))
      const all = once(there.told, () => told.length === 3)
      const [first, second] = history('lobby')
      if (!first || !second) throw new Error('the history is too short')
      await here.submit(first)
      expect(await here.tell(warning('W1'))).toEqual({ kind: 'committed' })
      await here.submit(second)
      await all
      expect(told.map(({ data }) => data.id)).toEqual([first.id, 'W1', second.id])
      expect(told[1]).toMatchObject({ type: 'budget_warning', data: { cause: 'server', detail: 'much' } })
    })

    it('S4.2 reads the feed after any cursor, page by page, as it was told', async () => {
      const [here, there] = [await instance(), await instance()]
      const start = here.cursor()
      const told: FeedEvent[] = []
      there.told.subscribe((event) => told.push(event))
      const events = [...history('lobby'), ...history('{x}:👩‍🚀')]
      const all = once(there.told, () => told.length === events.length)
      for (const event of events) await here.submit(event)
      await all
      for (const from of [start, ...told.map(({ data }) => data.cursor)]) {
        expect(await readAll(there, from)).toEqual(told.slice(told.findIndex(({ data }) => data.cursor === from) + 1))
      }
      const end = await there.readFeed(there.cursor(), 3)
      expect(end).toEqual({ kind: 'entries', entries: [], cursor: there.cursor() })
    })

    it('S4.2 a cursor of another life, of the future, or none at all is gone', async () => {
      const rooms = await instance()
      for (const event of history('lobby')) await rooms.submit(event)
      await rooms.caughtUp()
      const [epoch] = rooms.cursor().split('-')
      for (const cursor of [
        '',
        'x',
        'another-1',
        'another-1-0',
        `${epoch}-x`,
        `${epoch}-9999999999999-0`,
        `${epoch}-9999999999999`,
        epoch,
      ]) {
        expect(await rooms.readFeed(cursor ?? '', 10)).toEqual({ kind: 'gone' })
      }
    })

    if (!canLose) return
    it('says so when the data is lost, counts on from where it was, and takes events again', async () => {
      const rooms = await instance()
      for (const event of history('lobby')) await rooms.submit(event)
      const before = rooms.newest('lobby').revision
      await rooms.caughtUp()
      const lost = once(rooms.lost, () => true)
      await lab.lose()
      await rooms.submit(inRoom({ ...firstOf(history('other')), id: 'EV_wakes' }, 'other'))
      await lost
      expect(rooms.get('lobby').room).not.toBeNull()
      rooms.settle()
      expect(rooms.get('lobby').room).toBeNull()
      for (const event of history('lobby')) await rooms.submit(event)
      expect(rooms.newest('lobby').revision).toBeGreaterThan(before)
    })
  })
}

function warning(id: string): FeedDraft {
  return { type: 'budget_warning', timestamp: 1, data: { id, cause: 'server', detail: 'much' } }
}

/** All that the feed holds after a cursor, in small pages. */
async function readAll(rooms: LiveRooms, from: string): Promise<FeedEvent[]> {
  const found: FeedEvent[] = []
  let cursor = from
  for (;;) {
    const page = await rooms.readFeed(cursor, 3)
    if (page.kind !== 'entries') throw new Error(`the page is ${page.kind}`)
    found.push(...page.entries)
    if (page.cursor === cursor) return found
    cursor = page.cursor
  }
}

function fold(record: RoomRecord, event: RoomEvent): RoomRecord {
  const applied = applyRoomEvent(record, event)
  return applied ? withChange(record, applied.change, record.revision + 1) : record
}

function appliedTo(record: RoomRecord, event: RoomEvent) {
  const applied = applyRoomEvent(record, event)
  if (!applied) throw new Error('the event says nothing new')
  return applied
}

const inRoom = (event: RoomEvent, name: string): RoomEvent => ({ ...event, room: { ...event.room, name } })

function firstOf<T>(items: readonly T[]): T {
  const [first] = items
  if (first === undefined) throw new Error('there is none')
  return first
}

function once<T>(emitter: Emitter<T>, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = emitter.subscribe(() => {
      if (!holds()) return
      unsubscribe()
      resolve()
    })
  })
}

function until(rooms: LiveRooms, holds: () => boolean): Promise<void> {
  return holds() ? Promise.resolve() : once(rooms.moved, holds)
}
