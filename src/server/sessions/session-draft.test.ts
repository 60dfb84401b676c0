import { describe, expect, it } from 'vitest'
import type { RecordEvent } from './record-event.ts'
import { applyToRecords, emptyDraft } from './session-draft.ts'

const room = { name: 'lobby', sid: 'RM_1' }
const stay = (sid: string) => ({ sid, identity: 'ana', name: 'Ana' })
const joined = (at: number, sid: string): RecordEvent => ({
  kind: 'joined',
  room,
  at,
  stay: stay(sid),
  roomStartedAt: 0,
  allowed: null,
  isBack: false,
})
const left = (at: number, sid: string): RecordEvent => ({ kind: 'left', room, at, stay: stay(sid) })

function after(...events: readonly RecordEvent[]) {
  const draft = emptyDraft()
  for (const event of events) applyToRecords(draft, event)
  const [session] = draft.sessions.rows.values()
  const [participant] = draft.participants.rows.values()
  return { session, participant, stays: [...draft.stays.rows.values()].map(({ sid, left_at, reconnects }) => [sid, left_at, reconnects]) }
}

describe('records of a session', () => {
  it('S2.2 somebody whose earlier stay is told to be over after the next began is still there', () => {
    const { session, participant, stays } = after(joined(1, 'PA_1'), joined(5, 'PA_2'), left(6, 'PA_1'))
    expect(stays).toEqual([
      ['PA_1', 6, 0],
      ['PA_2', null, 1],
    ])
    expect(participant).toMatchObject({ status: 'JOINED', joined_at: 5, left_at: null })
    expect(session).toMatchObject({ online: 1, joins: 2 })
  })

  it('S2.2 what is told twice, or of nobody who is known, changes nothing', () => {
    const once = after(joined(1, 'PA_1'), left(3, 'PA_1'))
    expect(after(joined(1, 'PA_1'), joined(2, 'PA_1'), left(3, 'PA_1'), left(4, 'PA_1'), joined(5, 'PA_1'), left(6, 'PA_9'))).toEqual(once)
  })

  it('S2.6 a room that ends ends the stays in it', () => {
    const { session, stays } = after(joined(1, 'PA_1'), { kind: 'room_finished', room, at: 9 })
    expect(stays).toEqual([['PA_1', 9, 0]])
    expect(session).toMatchObject({ online: 0, peak: 1, ended_at: 9 })
  })
})
