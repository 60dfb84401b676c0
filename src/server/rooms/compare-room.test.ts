import { describe, expect, it } from 'vitest'
import { comparePerson, type Comparison } from './compare-room.ts'
import { emptyRecord, type ParticipantFacts, type ParticipantRow, type RoomRecord, type TrackRow } from './room-model.ts'

const facts = { sid: 'RM_1', startedAt: 1000, metadata: '', maxParticipants: 0, recording: false }
const room = { name: 'lobby', sid: 'RM_1', facts }
const microphone = { sid: 'TR_1', source: 'microphone', muted: false } as const
const permissions = { canSubscribe: true, canPublish: true, canPublishData: true, canPublishSources: [], canUpdateMetadata: false }
const ana: ParticipantFacts = {
  identity: 'ana',
  sid: 'PA_1',
  name: 'Ana',
  kind: 'standard',
  hidden: false,
  joinedAt: 2000,
  version: 5,
  tracks: [],
  permissions,
  metadata: '',
  attributes: {},
}
const observer: Comparison = { cause: 'observer', at: 20_000, asOf: null, newId: () => 'ID' }
const sweep: Comparison = { cause: 'sweep', at: 20_000, asOf: 20_000, newId: () => 'ID' }

function recordOf(row: Partial<ParticipantRow>): RoomRecord {
  const held: ParticipantRow = {
    ...ana,
    version: 3,
    tracks: [],
    online: true,
    leftAt: null,
    changedAt: 2000,
    role: 'VIEWER',
    invited: false,
    ...row,
  }
  return { ...emptyRecord('lobby'), room: { facts, confirmed: { at: 2000, by: 'webhook' }, participants: new Map([['ana', held]]) } }
}

const track = (version: number, more: Partial<TrackRow> = {}): TrackRow => ({ ...microphone, version, told: true, ...more })
const found = (row: Partial<ParticipantRow>, seen: Partial<ParticipantFacts>, look: Comparison) =>
  comparePerson(recordOf(row), room, { ...ana, ...seen }, look).map(({ type, asOf }) =>
    asOf === undefined ? type : `${type} as of ${asOf}`,
  )

describe('X3 somebody as seen, beside the record', () => {
  it.each<[string, Partial<ParticipantRow>, Partial<ParticipantFacts>, Comparison, string[]]>([
    ['the same', {}, {}, observer, []],
    ['an older version says nothing', { version: 6, tracks: [track(6)] }, { name: 'Anna' }, observer, []],
    ['a track that was there at an older version is over', { tracks: [track(4)] }, {}, observer, ['track_unpublished']],
    ['one that is there only since a newer version is not', { tracks: [track(6)] }, {}, observer, []],
    ['one that only a webhook told of may be newer', { tracks: [track(0)] }, {}, observer, ['track_unpublished as of 15000']],
    ['a list says as of when it was asked for', { tracks: [track(4)] }, {}, sweep, ['track_unpublished as of 20000']],
    ['an observer dates what only a webhook told of', { tracks: [track(0)] }, { tracks: [microphone] }, observer, ['participant_joined']],
    ['a list does not', { tracks: [track(0)] }, { tracks: [microphone] }, sweep, []],
    ['once', { tracks: [track(4)] }, { tracks: [microphone] }, observer, []],
    ['what is untold is told', { tracks: [track(4, { told: false })] }, { tracks: [microphone] }, observer, ['track_published']],
    ['tracks come before what else changed', {}, { name: 'Anna', tracks: [microphone] }, observer, ['track_published', 'name_changed']],
    ['a mute', { tracks: [track(4)] }, { tracks: [{ ...microphone, muted: true }] }, observer, ['track_muted']],
    ['a later stay: the earlier one left', {}, { sid: 'PA_2', joinedAt: 3000 }, observer, ['participant_left', 'participant_joined']],
  ])('%s', (_name, row, seen, look, expected) => {
    expect(found(row, seen, look)).toEqual(expected)
  })

  it('tells several changes at once as one event', () => {
    const [event, ...others] = comparePerson(recordOf({}), room, { ...ana, name: 'Anna', metadata: 'new' }, observer)
    expect(event).toMatchObject({ type: 'metadata_changed', also: ['name_changed'] })
    expect(others).toEqual([])
  })
})
