import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { emptyRecord, type ParticipantRow, type RoomRecord } from '#server/rooms/room-model.ts'
import { newcomer } from '#server/rooms/testing/room-histories.ts'
import { createLivePeople } from './live-people.ts'

const [ROOMS, IN_EACH] = [100, 30]

/** Participants of a room, of which it is counted how often one is looked for. */
class CountedRows extends Map<string, ParticipantRow> {
  static looks = 0
  override get(identity: string): ParticipantRow | undefined {
    CountedRows.looks += 1
    return super.get(identity)
  }
}

function liveRoom(name: string, people: readonly (readonly [identity: string, called: string, joinedAt: number])[]): RoomRecord {
  const rows = people.map(([identity, called, joinedAt], index) => {
    const facts = { ...newcomer(0, `PA_${name}_${index}`, joinedAt), identity, name: called, tracks: [] }
    return [identity, { ...facts, online: true, leftAt: null, changedAt: joinedAt, role: 'VIEWER', invited: false }] as const
  })
  const facts = { sid: `RM_${name}`, startedAt: 1, metadata: '', maxParticipants: 0, recording: false }
  return { ...emptyRecord(name), room: { facts, confirmed: { at: 1, by: 'sweep' }, participants: new CountedRows(rows) } }
}

describe('who is live', () => {
  it('D5 is found by the name of any room, under the newest one, with all rooms', async () => {
    const rooms = [liveRoom('a', [['ana', 'Zoë', 1]]), liveRoom('b', [['ana', 'Ana', 2]]), liveRoom('c', [['bo', 'Bo', 3]])]
    const live = createLivePeople({ all: () => rooms })
    const ana = { identity: 'ana', name: 'Ana', rooms: ['a', 'b'], since: 2 }
    expect(await live.find('zoe')).toEqual([ana])
    expect((await live.find('')).map(({ identity }) => identity)).toEqual(['bo', 'ana'])
    expect(live.among(['ana', 'cy'])).toEqual([ana])
  })

  it('D5 is found by looking at each once, however many match, and in turns', async () => {
    const rooms = Array.from({ length: ROOMS }, (_none, room) =>
      liveRoom(
        `room ${room}`,
        Array.from({ length: IN_EACH }, (_nobody, person) => [`p${room}-${person}`, '', person]),
      ),
    )
    const live = createLivePeople({ all: () => rooms })
    CountedRows.looks = 0
    let turns = 0
    let isFound = false
    const finding = Promise.resolve(live.find('p')).finally(() => (isFound = true))
    for (; !isFound; turns += 1) await nextTurn()
    expect(await finding).toHaveLength(ROOMS * IN_EACH)
    expect(CountedRows.looks).toBe(0)
    expect(turns).toBeGreaterThanOrEqual(5)
  })
})
