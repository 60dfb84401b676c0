import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '#server/records/database.ts'
import type { Span } from '#server/history/spans.ts'
import { createSlices } from './slices.ts'

describe('what is walked slice by slice', () => {
  let database: Database
  beforeEach(async () => {
    const opened = await openDatabase({ kind: 'memory' })
    if (!opened.ok) throw new Error(opened.message)
    database = opened.value
  })
  afterEach(() => database.close())

  const walked = [{ table: 'quality_changes', column: 'at' }] as const

  async function store(times: readonly number[]): Promise<void> {
    await database.queries
      .insertInto('quality_changes')
      .values(times.map((at, index) => ({ participant_sid: `PA_${index}`, room_sid: 'RM_1', at, quality: 'good' })))
      .execute()
  }

  /** The slices, where the work on a slice takes so long for each ms of it. */
  async function slicesOf(span: Span, msEach: number): Promise<number[]> {
    let clock = 0
    const lengths: number[] = []
    let at = span.from
    await createSlices(database.queries, { now: () => clock, firstRows: 100 })(span, walked, ({ from, to }) => {
      expect(from).toBe(at)
      at = to
      lengths.push(to - from)
      clock += (to - from) * msEach
      return Promise.resolve()
    })
    expect(at).toBe(span.to)
    return lengths
  }

  it('S2.6 holds all of the time once, in parts that become larger while they are quick and smaller while they are slow', async () => {
    await store(Array.from({ length: 1000 }, (_none, index) => index))
    expect(await slicesOf({ from: 0, to: 1000 }, 0)).toEqual([100, 200, 400, 300])
    const slow = await slicesOf({ from: 0, to: 1000 }, 1)
    expect(slow.slice(0, 4)).toEqual([100, 50, 25, 20])
    expect(new Set(slow.slice(3))).toEqual(new Set([20, (1000 - 175) % 20].filter((length) => length > 0)))
    expect(await slicesOf({ from: 500, to: 500 }, 0)).toEqual([])
  })

  it('S2.6 goes on where more happened in one millisecond than a slice is to hold', async () => {
    await store(Array.from({ length: 1000 }, (_none, index) => (index < 900 ? 7 : index)))
    expect(await slicesOf({ from: 0, to: 1000 }, 1)).toEqual(expect.arrayContaining([7, 1]))
  })

  it('S2.6 leaves everybody else a turn between two parts', async () => {
    await store(Array.from({ length: 1000 }, (_none, index) => index))
    let turns = 0
    let isOver = false
    const count = () => {
      turns += 1
      if (!isOver) setImmediate(count)
    }
    setImmediate(count)
    const slices = await slicesOf({ from: 0, to: 1000 }, 1)
    isOver = true
    expect(turns).toBeGreaterThanOrEqual(slices.length - 1)
  })
})
