import { describe, expect, it } from 'vitest'
import { makeSummary } from '../testing/make-facts.ts'
import { newBreaches } from './new-breaches.ts'

const mark = (rule: string, since: number, why = 'why') => ({ rule, since, why })
const wall = (...rooms: ReturnType<typeof makeSummary>[]) => new Map(rooms.map((room) => [room.room, room]))
const marked = (room: string, ...attention: ReturnType<typeof mark>[]) => makeSummary(room, { attention })

describe('breaches that are news', () => {
  it.each([
    ['one that came', [marked('a')], [marked('a', mark('banned_attempt', 1))], ['a banned_attempt']],
    ['one in a room that is new', [], [marked('a', mark('measure_evaded', 1))], ['a measure_evaded']],
    ['another time', [marked('a', mark('banned_attempt', 1))], [marked('a', mark('banned_attempt', 9))], ['a banned_attempt']],
    ['the same in other words', [marked('a', mark('banned_attempt', 1))], [marked('a', mark('banned_attempt', 1, '2 attempts'))], []],
    ['a mark that is no breach', [marked('a')], [marked('a', mark('bad_connections', 1), mark('new_rule', 1))], []],
    ['one that went', [marked('a', mark('banned_attempt', 1))], [marked('a')], []],
  ])('%s', (_, before, after, told) =>
    expect(newBreaches(wall(...before), wall(...after)).map((each) => `${each.room} ${each.mark.rule}`)).toEqual(told),
  )
})
