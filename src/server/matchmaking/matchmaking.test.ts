import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Emitter } from '#shared/lib/emitter.ts'
import { fail, succeed } from '#shared/domain/failure.ts'
import { createBusNetwork, type BusNetwork } from '#server/redis/testing/bus-network.ts'
import type { RoomMoved } from '#server/rooms/live-rooms.ts'
import { matchTimes } from './match-store.ts'
import { createMatchmaking, type Matchmaking } from './matchmaking.ts'
import { createMemoryMatches } from './memory-match-store.ts'
import { breakable, type BreakableStore } from './testing/breakable-store.ts'
import { memberOf, moveOf, type Member } from './testing/member.ts'

const { graceMs, leaseMs } = matchTimes
/** Longer than any lease, grace and look take together. */
const A_WHILE_MS = 60_000

describe('S0.6 matchmaking', () => {
  let network: BusNetwork
  let matches: ReturnType<typeof createMemoryMatches>
  let moved: Emitter<RoomMoved>
  const banned = new Set<string>()

  beforeEach(() => {
    vi.useFakeTimers()
    network = createBusNetwork()
    matches = createMemoryMatches(matchTimes)
    moved = new Emitter()
    banned.clear()
  })
  afterEach(() => void vi.useRealTimers())

  function start(instance: string, store = matches.forInstance(instance)): Matchmaking {
    return createMatchmaking({
      store,
      bus: network.open(instance),
      rooms: { moved },
      issueToken: ({ room, username }) =>
        Promise.resolve(
          banned.has(username)
            ? fail('forbidden', 'banned', 'banned')
            : succeed({ token: `${username} in ${room}`, url: 'ws://livekit', expiresAt: 0 }),
        ),
      graceMs,
    })
  }
  async function settled(): Promise<void> {
    await vi.advanceTimersByTimeAsync(1)
  }
  async function joined(server: Matchmaking, username: string): Promise<Member> {
    const member = memberOf(server, username)
    await member.join()
    await settled()
    return member
  }

  it('two who queue at two instances are told of a room of their own, each with a token of their own', async () => {
    const [one, two] = [start('one'), start('two')]
    const ana = await joined(one, 'ana')
    expect(ana.told).toEqual([])
    const bo = await joined(two, 'bo')
    const room = ana.room() ?? ''
    expect(room).toMatch(/^match-[\w-]{22}$/)
    expect(ana.told).toEqual([{ room, token: `ana in ${room}`, url: 'ws://livekit', partner: 'bo' }])
    expect(bo.told).toEqual([{ room, token: `bo in ${room}`, url: 'ws://livekit', partner: 'ana' }])
  })

  it('the acknowledgement counts from 1 who waits, and says 0 of who does not', async () => {
    const one = start('one')
    expect(await memberOf(one, 'ana').join()).toEqual({ ok: true, value: 1 })
    expect(await memberOf(one, 'bo').join()).toEqual({ ok: true, value: 0 })
    const cy = memberOf(one, 'cy')
    expect(await cy.join()).toEqual({ ok: true, value: 1 })
    expect(await cy.leave()).toEqual({ ok: true, value: 0 })
    expect(await one.counts()).toEqual({ ok: true, value: { activeMatches: 1, queueLength: 0 } })
  })

  it('whose message was lost is told by the next look', async () => {
    network.loses = ({ kind }) => kind === 'match'
    const [one, two] = [start('one'), start('two')]
    const [ana, bo] = [await joined(one, 'ana'), await joined(two, 'bo')]
    expect([ana.room(), typeof bo.room()]).toEqual([null, 'string'])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ana.room()).toBe(bo.room())
    await bo.leave()
    expect(ana.room()).not.toBeNull()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ana.told.at(-1)).toEqual({ left: bo.lastRoom() })
  })

  it('all connections of a user hear, and one that joins later finds the match', async () => {
    const [one, two] = [start('one'), start('two')]
    const [here, there] = [await joined(one, 'ana'), await joined(two, 'ana')]
    await joined(one, 'bo')
    const late = await joined(one, 'ana')
    const room = here.room()
    expect(room).not.toBeNull()
    expect([there.room(), late.room()]).toEqual([room, room])
    expect([here, there, late].map(({ told }) => told.length)).toEqual([1, 1, 1])
    await here.join()
    await settled()
    expect(here.told).toHaveLength(2)
    expect(here.told[1]).toEqual(here.told[0])
  })

  it('one of two connections that cancels leaves the other waiting', async () => {
    const one = start('one')
    const [first, second] = [await joined(one, 'ana'), await joined(one, 'ana')]
    expect(await first.leave()).toEqual({ ok: true, value: 1 })
    await joined(one, 'bo')
    expect([first.room(), second.room() === null]).toEqual([null, false])
  })

  it('who leaves is told nothing, the other is left behind once, and both can queue again', async () => {
    const [one, two] = [start('one'), start('two')]
    const [ana, bo] = [await joined(one, 'ana'), await joined(two, 'bo')]
    const room = ana.room()
    await ana.leave()
    await settled()
    expect(bo.told.slice(1)).toEqual([{ left: room }])
    expect(ana.told).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(A_WHILE_MS)
    expect([ana.told.length, bo.told.length]).toEqual([1, 2])
    await bo.join()
    await ana.join()
    await settled()
    expect(bo.room()).toBe(ana.room())
    expect(bo.room()).not.toBe(room)
  })

  it('who is back within the grace finds the match, also elsewhere; who is not leaves the other behind', async () => {
    const [one, two] = [start('one'), start('two')]
    const [ana, bo] = [await joined(one, 'ana'), await joined(one, 'bo')]
    ana.disconnect()
    await vi.advanceTimersByTimeAsync(graceMs - 500)
    const back = await joined(two, 'ana')
    expect(back.room()).toBe(bo.room())
    await vi.advanceTimersByTimeAsync(A_WHILE_MS)
    expect(bo.told).toHaveLength(1)
    back.disconnect()
    await vi.advanceTimersByTimeAsync(graceMs - 500)
    expect(bo.told).toHaveLength(1)
    // Before the next look.
    await vi.advanceTimersByTimeAsync(750)
    expect(bo.told.slice(1)).toEqual([{ left: ana.lastRoom() }])
  })

  it('S0.6 who disconnects leaves the queue', async () => {
    const one = start('one')
    const ana = await joined(one, 'ana')
    ana.disconnect()
    await settled()
    expect(await one.counts()).toMatchObject({ value: { queueLength: 0 } })
    expect((await joined(one, 'bo')).room()).toBeNull()
  })

  it('who goes from the LiveKit room and does not come back leaves the other behind; who comes back does not', async () => {
    const one = start('one')
    const [ana, bo] = [await joined(one, 'ana'), await joined(one, 'bo')]
    const room = ana.room() ?? ''
    moved.emit(moveOf(room, [], ['ana']))
    moved.emit(moveOf(room, ['ana'], ['ana', 'bo']))
    moved.emit(moveOf(room, ['ana', 'bo'], ['bo']))
    await vi.advanceTimersByTimeAsync(graceMs - 1)
    moved.emit(moveOf(room, ['bo'], ['ana', 'bo']))
    await vi.advanceTimersByTimeAsync(graceMs)
    expect(bo.told).toHaveLength(1)
    moved.emit(moveOf(room, ['ana', 'bo'], ['bo']))
    await vi.advanceTimersByTimeAsync(graceMs + 1)
    expect(bo.told.slice(1)).toEqual([{ left: room }])
    expect(await one.counts()).toMatchObject({ value: { activeMatches: 0 } })
    await ana.join()
    expect(await bo.join()).toEqual({ ok: true, value: 0 })
  })

  it('an instance that ends keeps the places of its users for those who come back at another one', async () => {
    const [one, two] = [start('one'), start('two')]
    const [ana, bo] = [await joined(one, 'ana'), await joined(one, 'bo')]
    await joined(one, 'cy')
    await one.close()
    for (const member of [ana, bo]) member.disconnect()
    expect((await joined(two, 'ana')).room()).toBe(ana.room())
    expect((await joined(two, 'bo')).room()).toBe(ana.room())
    await joined(two, 'cy')
    await vi.advanceTimersByTimeAsync(A_WHILE_MS)
    expect(await two.counts()).toMatchObject({ value: { activeMatches: 1, queueLength: 1 } })
    expect(await memberOf(one, 'di').join()).toMatchObject({ ok: false, code: 'unavailable' })
  })

  it('while the store is away joining is unavailable, who waited waits on, and an instance alone with nobody asks it nothing', async () => {
    const flaky = breakable(matches.forInstance('one'))
    const { calls } = flaky
    const one = start('one', flaky.store)
    await vi.advanceTimersByTimeAsync(A_WHILE_MS)
    expect(calls).toEqual([])
    const ana = await joined(one, 'ana')
    flaky.isAway = true
    const bo = memberOf(one, 'bo')
    expect(await bo.join()).toMatchObject({ ok: false, code: 'unavailable' })
    // Longer than the lease: the place is lost meanwhile.
    await vi.advanceTimersByTimeAsync(leaseMs + 1)
    expect(await matches.forInstance('two').counts()).toMatchObject({ value: { value: { queueLength: 0 } } })
    flaky.isAway = false
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await bo.join()).toEqual({ ok: true, value: 0 })
    await settled()
    expect(ana.room()).toBe(bo.room())
    calls.length = 0
    await vi.advanceTimersByTimeAsync(A_WHILE_MS)
    expect(calls).toEqual(Array.from({ length: 6 }, () => 'look'))
    ana.disconnect()
    bo.disconnect()
    await vi.advanceTimersByTimeAsync(A_WHILE_MS)
    calls.length = 0
    await vi.advanceTimersByTimeAsync(10 * A_WHILE_MS)
    expect(calls).toEqual([])
  })

  it('who may not have a token does not queue, and who may not any more leaves', async () => {
    const one = start('one')
    banned.add('ana')
    expect(await memberOf(one, 'ana').join()).toMatchObject({ ok: false, code: 'forbidden', detail: 'banned' })
    await joined(one, 'bo')
    banned.add('bo')
    const cy = await joined(one, 'cy')
    expect(cy.told).toEqual([expect.objectContaining({ partner: 'bo' }), { left: cy.lastRoom() }])
  })

  it('random joins, leaves, lost messages and crashes: in the end each who is there is in one living pair, or the only one who waits', async () => {
    const users = ['ana', 'bo', 'cy', 'di']
    const instances = ['one', 'two']
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant('join'), user: fc.constantFrom(...users), at: fc.constantFrom(...instances) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constantFrom('leave', 'disconnect'),
          user: fc.constantFrom(...users),
          at: fc.constantFrom(...instances),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constantFrom('crash', 'end'), user: fc.constant(''), at: fc.constantFrom(...instances) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('pass'),
          ms: fc.integer({ min: 1, max: 30_000 }),
          user: fc.constant(''),
          at: fc.constant(''),
        }),
      },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
        async (history, losses) => {
          network = createBusNetwork()
          matches = createMemoryMatches(matchTimes)
          let said = 0
          network.loses = () => losses[said++ % losses.length] ?? false
          const stores = new Map<string, BreakableStore>()
          const servers = new Map(instances.map((name) => [name, begin(name, name)]))
          /** An instance's next life, under a name of its own. */
          function begin(at: string, life: string): Matchmaking {
            const store = breakable(matches.forInstance(life))
            stores.set(at, store)
            return start(life, store.store)
          }
          const members = new Map<string, Member>()
          const lives = new Map<string, string>()
          for (const { kind, user, at, ...more } of history) {
            const [server, key] = [servers.get(at), `${at} ${user}`]
            const member = members.get(key)
            if (kind === 'pass') await vi.advanceTimersByTimeAsync('ms' in more ? more.ms : 0)
            if (kind === 'leave') await member?.leave()
            if (kind === 'disconnect') member?.disconnect()
            if (kind === 'disconnect') members.delete(key)
            if (kind === 'join' && server) {
              const joining = member ?? memberOf(server, user)
              members.set(key, joining)
              await joining.join()
            }
            if ((kind === 'crash' || kind === 'end') && server) {
              const store = stores.get(at)
              if (store && kind === 'crash') store.isAway = true
              await server.close()
              network.kill(lives.get(at) ?? at)
              for (const name of members.keys()) if (name.startsWith(`${at} `)) members.delete(name)
              lives.set(at, `${lives.get(at) ?? at}'`)
              servers.set(at, begin(at, lives.get(at) ?? at))
            }
          }
          network.loses = () => false
          await vi.advanceTimersByTimeAsync(2 * A_WHILE_MS)
          const waiting = new Set<string>()
          const rooms = new Map<string, Set<string>>()
          for (const member of members.values()) {
            expect(member.lies).toEqual([])
            const room = member.room()
            if (room !== null) rooms.set(room, (rooms.get(room) ?? new Set()).add(member.username))
            else if (member.isQueued()) waiting.add(member.username)
          }
          expect(waiting.size).toBeLessThanOrEqual(1)
          for (const pair of rooms.values()) expect(pair.size).toBe(2)
          const paired = [...rooms.values()].flatMap((pair) => [...pair])
          expect(new Set(paired).size).toBe(paired.length)
          const [server] = servers.values()
          expect(await server?.counts()).toEqual({ ok: true, value: { activeMatches: rooms.size, queueLength: waiting.size } })
          for (const each of servers.values()) await each.close()
        },
      ),
      { numRuns: 300, seed: 20_267 },
    )
  }, 60_000)
})
