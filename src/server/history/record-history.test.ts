import { describe, expect, it } from 'vitest'
import { openWatchedRoom } from './testing/watched-room.ts'

/** A room that was just joined, with these in it. */
function openRoomWith(...identities: readonly string[]) {
  const room = openWatchedRoom()
  room.visit()
  room.join(...identities.map((identity) => room.person(identity, 'active')))
  return room
}

describe('speaking', () => {
  it('S2.6 is told from when somebody is heard until they are silent, once the silence is no pause', () => {
    const room = openRoomWith('ana', 'ben')
    room.pass(2)
    room.level('ana', 0.5)
    room.pass(3)
    room.level('ana', 0.8)
    room.pass(1)
    room.level('ana', 0)
    room.pass(1)
    room.alive()
    expect(room.spoke()).toEqual([])
    room.pass(1)
    room.alive()
    expect(room.told).toEqual([
      {
        kind: 'spoke',
        room: { name: 'lobby', sid: 'RM_1' },
        participant: { identity: 'ana', sid: 'ana' },
        from: room.now() - 6000,
        to: room.now() - 2000,
        peak: 0.8,
      },
    ])
  })

  it.each([
    { what: 'three silent ticks are a pause, told late', silent: 1.3, spoke: ['ana 1 to 5.3'] },
    { what: 'four are none, told early', silent: 1.5, spoke: ['ana 1 to 3', 'ana 4.5 to 5.5'] },
  ])('$what', ({ silent, spoke }) => {
    const room = openRoomWith('ana')
    room.pass(1)
    room.level('ana', 0.5)
    room.pass(2)
    room.level('ana', 0)
    room.pass(silent)
    room.level('ana', 0.5)
    room.pass(1)
    room.level('ana', 0)
    room.pass(3)
    room.alive()
    expect(room.spoke()).toEqual(spoke)
  })

  it('of one word is one tick long, even where it was cut off', () => {
    const room = openRoomWith('ana')
    room.pass(5)
    room.level('ana', 0.5)
    room.pass(0.1)
    room.leave()
    expect(room.spoke()).toEqual(['ana 4.7 to 5.1'])
  })

  it('of who has just come does not begin before that', () => {
    const room = openRoomWith()
    room.pass(5)
    room.people(room.person('ana', 'active'))
    room.pass(0.1)
    room.level('ana', 0.5)
    room.pass(0.1)
    room.leave()
    expect(room.spoke()).toEqual(['ana 5 to 5.2'])
  })

  it('that began before anybody observed begins with the observation', () => {
    const room = openRoomWith('ana')
    room.pass(0.1)
    room.level('ana', 0.5)
    room.pass(0.1)
    room.leave()
    expect(room.spoke()).toEqual(['ana 0 to 0.2'])
  })

  it.each([
    { what: 'leaves', tracks: [], state: 'gone' as const },
    { what: 'is muted', tracks: [{ source: 'microphone' as const, muted: true }, { source: 'camera' as const }], state: 'active' as const },
    { what: 'publishes nothing more', tracks: [], state: 'active' as const },
  ])('ends when somebody $what', ({ tracks, state }) => {
    const room = openRoomWith('ana')
    room.pass(1)
    room.level('ana', 0.5)
    room.pass(3)
    room.people(room.person('ana', state, tracks))
    room.pass(5)
    room.alive()
    expect(room.spoke()).toEqual(['ana 1 to 4'])
  })

  it('goes on when something else changes', () => {
    const room = openRoomWith('ana')
    room.level('ana', 0.5)
    room.pass(3)
    room.people(room.person('ana', 'active', [{ source: 'microphone' }, { source: 'camera', muted: true }]))
    room.pass(3)
    room.leave()
    expect(room.spoke()).toEqual(['ana 0 to 6'])
  })

  it('ends when the same person comes again, whose earlier stay nobody saw end', () => {
    const room = openRoomWith('ana')
    room.level('ana', 0.5)
    room.pass(3)
    room.people(room.person('ana', 'active', [{ source: 'microphone' }], 'ana-2'))
    room.pass(1)
    room.people(room.person('ana', 'gone', [], 'ana'))
    room.level('ana-2', 0.5)
    room.pass(1)
    room.leave()
    expect(room.spoke()).toEqual(['ana 0 to 3', 'ana-2 4 to 5'])
  })

  it.each([
    { what: 'is left', end: 'leave' as const, to: 7 },
    { what: 'ends', end: 'over' as const, to: 7 },
    { what: 'is lost: then it was seen last at the last sign', end: 'lost' as const, to: 4 },
  ])('ends when the room $what', ({ end, to }) => {
    const room = openRoomWith('ana', 'ben')
    room.level('ben', 0.4)
    room.pass(1)
    room.level('ana', 0.5)
    room.pass(3)
    room.alive()
    room.pass(3)
    if (end === 'leave') room.leave()
    else room.end(end)
    expect(room.spoke()).toEqual([`ben 0 to ${to}`, `ana 1 to ${to}`])
    expect(room.observed()).toEqual([`RM_1 0 to ${to}`])
    room.leave()
    expect(room.told).toHaveLength(3)
  })

  it('that lasts is told again about every 10 s with the same beginning, so that a crash loses no more', () => {
    const room = openRoomWith('ana')
    room.level('ana', 0.5)
    for (const _ of [1, 2, 3, 4, 5]) {
      room.pass(4.9)
      room.alive()
    }
    expect(room.spoke()).toEqual(['ana 0 to 14.7'])
    expect(room.observed()).toEqual(['RM_1 0 to 14.7'])
    room.level('ana', 0)
    room.pass(5)
    room.alive()
    expect(room.spoke()).toEqual(['ana 0 to 24.5'])
  })

  it('of people whom nobody sees is told of nobody', () => {
    const room = openRoomWith('hidden')
    room.level('hidden', 0.5)
    room.level('stranger', 0.5)
    room.quality('stranger', 'poor')
    room.pass(5)
    room.leave()
    expect(room.told.map(({ kind }) => kind)).toEqual(['observed'])
  })
})

describe('what was observed', () => {
  it('begins when the observer is in the room, and an observer that never came in observed nothing', () => {
    const room = openWatchedRoom()
    room.visit()
    room.pass(3)
    room.end('busy')
    expect(room.told).toEqual([])
    room.visit()
    room.pass(2)
    room.join()
    room.pass(4)
    room.leave()
    expect(room.observed()).toEqual(['RM_1 5 to 9'])
  })

  it.each([
    { what: 'a computer slept', seconds: 3600 },
    { what: 'its clock was put back', seconds: -3600 },
  ])('leaves out the time in which $what', ({ seconds }) => {
    const room = openRoomWith('ana')
    room.level('ana', 0.5)
    room.pass(4)
    room.alive()
    room.pass(seconds)
    room.alive()
    room.pass(2)
    room.leave()
    expect(room.observed()).toEqual(['RM_1 0 to 4', `RM_1 ${seconds + 4} to ${seconds + 6}`])
    expect(room.spoke()).toEqual(['ana 0 to 4'])
  })

  it('ends with the last sign when the observer leaves long after it', () => {
    const room = openRoomWith('ana')
    room.pass(4)
    room.alive()
    room.pass(3600)
    room.leave()
    expect(room.observed()).toEqual(['RM_1 0 to 4'])
  })

  it('takes a clock that was corrected by a little for standing still', () => {
    const room = openRoomWith('ana')
    room.pass(4)
    room.level('ana', 0.5)
    room.pass(-2)
    room.level('ana', 0)
    room.pass(6)
    room.leave()
    expect(room.spoke()).toEqual(['ana 3.6 to 4'])
    expect(room.observed()).toEqual(['RM_1 0 to 8'])
  })

  it('changes nothing for who asked for the observer', () => {
    const room = openRoomWith('ana')
    room.level('ana', 0.5)
    room.quality('ana', 'good')
    room.alive()
    room.end('over')
    expect(room.heard).toEqual(['joined', 'speakers', 'quality', 'alive', 'ended'])
  })
})

describe('quality', () => {
  it('X4 is told when it changes, the first of a person included', () => {
    const room = openRoomWith('ana')
    room.pass(2)
    room.quality('ana', 'good')
    room.pass(5)
    room.quality('ana', 'good')
    room.pass(5)
    room.quality('ana', 'poor')
    room.pass(5)
    room.quality('ana', 'lost')
    expect(room.qualities()).toEqual(['2 ana good', '12 ana poor', '17 ana lost'])
  })

  it('X4 is unknown for who publishes nothing, whatever LiveKit goes on to tell, and nothing where LiveKit has not told', () => {
    const room = openWatchedRoom()
    room.visit()
    room.join(room.person('ana', 'active'), room.person('ben', 'active', []), room.person('cleo', 'joining', []))
    room.quality('ana', 'good')
    room.pass(1)
    room.people(room.person('ana', 'active', []), room.person('ben', 'active'))
    room.pass(1)
    room.quality('ana', 'good')
    room.quality('ben', 'excellent')
    expect(room.qualities()).toEqual(['0 ben unknown', '0 ana good', '1 ana unknown', '2 ben excellent'])
  })

  it('is told anew in each visit, because nobody knows what was between', () => {
    const room = openRoomWith('ana')
    room.quality('ana', 'good')
    room.leave()
    room.pass(60)
    room.visit()
    room.join(room.person('ana', 'active'))
    room.quality('ana', 'good')
    expect(room.qualities()).toEqual(['0 ana good', '60 ana good'])
  })
})
