import { describe, expect, it } from 'vitest'
import { initialFacts, nextConnection, readConnection, reduceConnection, type ConnectionEvent, type ConnectionFacts } from './connection.ts'

const ok = { type: 'service_told', status: { state: 'ok', since: 1, why: null } } as const
const degraded = { type: 'service_told', status: { state: 'degraded', since: 1, why: 'Redis is away' } } as const
const connected = { type: 'socket_connected' } as const
const down = { type: 'socket_down', why: 'lost' } as const
const refused = { type: 'socket_refused', why: 'token' } as const
const rooms = { type: 'rooms_arrived' } as const
const doubted = { type: 'rooms_doubted' } as const
const roomsRefused = { type: 'rooms_refused', why: 'busy' } as const
const starting = { type: 'backend_starting', why: 'starting' } as const
const running = { type: 'backend_running' } as const
const ended = { type: 'backend_ended', why: 'bad key' } as const

function after(...events: ConnectionEvent[]): ConnectionFacts {
  return events.reduce(reduceConnection, initialFacts)
}

describe('S4.6 the connection', () => {
  const reading = 'connected; reading the rooms'
  const table: [string, ConnectionEvent[], string, string | null][] = [
    ['nothing yet', [], 'connecting', null],
    ['embedded programs start', [starting], 'connecting', 'starting'],
    ['they are there', [starting, running], 'connecting', null],
    ['they could not start', [starting, ended], 'offline', 'bad key'],
    ['they could not start, and then could', [starting, ended, running, connected, ok, rooms], 'live', null],
    ['never reached', [down], 'offline', 'lost'],
    ['refused', [refused], 'offline', 'token'],
    ['connected for the first time', [connected], 'connecting', reading],
    ['status, no rooms', [connected, ok], 'connecting', reading],
    ['degraded before the rooms', [connected, degraded], 'degraded', 'Redis is away'],
    ['rooms, no status', [connected, rooms], 'degraded', 'connected; the sync server has not said yet whether its rooms are right'],
    ['all there', [connected, ok, rooms], 'live', null],
    ['degraded', [connected, ok, rooms, degraded], 'degraded', 'Redis is away'],
    ['well again', [connected, degraded, rooms, ok], 'live', null],
    ['lost', [connected, ok, rooms, down], 'reconnecting', 'lost'],
    ['reconnected, rooms not back', [connected, ok, rooms, down, connected, ok], 'degraded', reading],
    [
      'reconnected, status not back',
      [connected, ok, rooms, down, connected, rooms],
      'degraded',
      'connected; the sync server has not said yet whether its rooms are right',
    ],
    ['all back', [connected, ok, rooms, down, connected, ok, rooms], 'live', null],
    ['rooms doubted', [connected, ok, rooms, doubted], 'degraded', reading],
    ['rooms read again', [connected, ok, rooms, doubted, rooms], 'live', null],
    ['the rooms were refused', [connected, ok, roomsRefused], 'degraded', 'the rooms could not be read: busy'],
    ['the rooms were refused, then came', [connected, ok, roomsRefused, rooms], 'live', null],
    ['the rooms were refused on an earlier connection', [connected, ok, roomsRefused, down, connected], 'connecting', reading],
    ['refused after a loss', [connected, ok, rooms, down, refused], 'offline', 'token'],
    ['a late answer of a lost connection', [connected, ok, rooms, down, rooms, ok], 'reconnecting', 'lost'],
    ['the embedded server crashed, the socket has not noticed', [connected, ok, rooms, starting], 'reconnecting', 'starting'],
    [
      'it runs, the socket has still not noticed',
      [connected, ok, rooms, starting, running],
      'reconnecting',
      'connecting to the sync server again',
    ],
    ['it runs, the socket is not back', [connected, ok, rooms, starting, running, down], 'reconnecting', 'lost'],
    ['it runs, and all is back', [connected, ok, rooms, starting, running, connected, ok, rooms], 'live', null],
  ]
  it.each(table)('%s', (_name, events, state, why) => {
    expect(readConnection(after(...events))).toEqual({ state, why })
  })

  it('is live in no case but one: connected, with this connection’s rooms, vouched for, its programs running', () => {
    const events = [ok, degraded, connected, down, refused, rooms, doubted, roomsRefused, starting, running, ended]
    function walk(facts: ConnectionFacts, depth: number): void {
      const isRight =
        facts.backend.state === 'running' && facts.socket.state === 'connected' && facts.roomsArrived && facts.service?.state === 'ok'
      expect(readConnection(facts).state === 'live').toBe(isRight)
      if (depth > 0) for (const event of events) walk(reduceConnection(facts, event), depth - 1)
    }
    walk(initialFacts, 4)
  })

  it('keeps since when its state began, also when the reason changes', () => {
    const first = nextConnection({ state: 'connecting', since: 1, why: null }, after(connected, ok, rooms, degraded), 10)
    expect(first).toEqual({ state: 'degraded', since: 10, why: 'Redis is away' })
    const second = nextConnection(first, after(connected, ok, rooms, doubted), 20)
    expect(second).toEqual({ state: 'degraded', since: 10, why: reading })
    expect(nextConnection(second, after(connected, ok, rooms, doubted), 30)).toBe(second)
  })
})
