import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuditEntry } from '#shared/contract/http-audit.ts'
import type { Operator } from '#shared/domain/operator.ts'
import type { AuditIntent } from '#server/audit/audit.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import { openLiveRooms, type LiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import { newcomer } from '#server/rooms/testing/room-histories.ts'
import { createInviteStore } from './invite-store.ts'
import { createLivePeople } from './live-people.ts'
import { createPeopleDesk, type PeopleDesk } from './people-desk.ts'
import { createPeopleSearch } from './people-search.ts'
import { createPersonStore } from './person-store.ts'
import { touchPeople } from './touch-person.ts'

const sue: Operator = { name: 'sue', role: 'support' }
const lee: Operator = { name: 'lee', role: 'moderator' }
const mo: Operator = { name: 'mo', role: 'moderator' }
const NOW = 9000

describe('people, live and on record', () => {
  let database: Database
  let rooms: LiveRooms
  let desk: PeopleDesk
  let noted: { readonly intent: Omit<AuditIntent, 'actionId'>; readonly failed: boolean }[]
  let actions: AuditEntry[]
  beforeEach(async () => {
    const opened = await openDatabase({ kind: 'memory' })
    if (!opened.ok) throw new Error(opened.message)
    database = opened.value
    const { queries } = database
    rooms = await openLiveRooms(createMemoryRoomStore('life'))
    noted = []
    actions = []
    desk = createPeopleDesk({
      rooms,
      live: createLivePeople(rooms),
      find: createPeopleSearch(queries),
      persons: createPersonStore(queries, []),
      invites: createInviteStore(queries),
      elsewhere: {
        sessionsOf: () => Promise.resolve([]),
        measuresOf: () => Promise.resolve([]),
        actionsOf: () => Promise.resolve(actions),
      },
      audit: { note: (intent, failure) => Promise.resolve(void noted.push({ intent, failed: failure !== null })) },
      describe: () => 'the database is away',
      now: () => NOW,
    })
  })
  afterEach(async () => {
    await rooms.close()
    await database.close().catch(() => undefined)
  })

  let serial = 0
  async function join(room: string, identity: string, name: string, more = {}): Promise<void> {
    serial += 1
    const facts = { sid: `RM_${room}`, startedAt: 1, metadata: '', maxParticipants: 0, recording: false }
    const participant = { ...newcomer(0, `PA_${serial}`, 1000 + serial), identity, name, ...more }
    const common = { id: `EV_${serial}`, at: 1000 + serial, cause: 'webhook', room: { name: room, sid: facts.sid, facts } } as const
    await rooms.submit({ ...common, type: 'participant_joined', participant })
    await rooms.caughtUp()
  }

  const record = (...people: readonly (readonly [string, string, number])[]) =>
    database.queries.transaction().execute((transaction) =>
      touchPeople(
        transaction,
        people.map(([identity, name, at]) => ({ identity, name, at })),
      ),
    )

  async function search(typed: string) {
    const found = await desk.search(typed)
    if (!found.ok) throw new Error(found.message)
    return found.value
  }

  it('D5 are found together, who is live first with all their rooms, also who is not on record yet', async () => {
    await record(['ana', 'Ana', 5000], ['anton', 'Anton', 8000], ['bo', 'Bo', 8500])
    await join('a', 'ana', 'Ana')
    await join('b', 'ana', 'Ana')
    await join('b', 'andi', 'Andi')
    await join('b', 'observer', 'An observer', { hidden: true })
    expect(await search('an')).toEqual({
      people: [
        { identity: 'andi', name: 'Andi', rooms: ['b'], lastSeenAt: NOW },
        { identity: 'ana', name: 'Ana', rooms: ['a', 'b'], lastSeenAt: NOW },
        { identity: 'anton', name: 'Anton', rooms: [], lastSeenAt: 8000 },
      ],
      more: false,
    })
    expect((await search('')).people.map(({ identity }) => identity)).toEqual(['andi', 'ana', 'bo', 'anton'])
  })

  it('D5 are live also where they were found by the name they have on record', async () => {
    await record(['x1', 'Zoë', 5000], ['x2', 'Zoe', 6000])
    await join('a', 'x1', '')
    expect((await search('zoe')).people).toEqual([
      { identity: 'x1', name: 'Zoë', rooms: ['a'], lastSeenAt: NOW },
      { identity: 'x2', name: 'Zoe', rooms: [], lastSeenAt: 6000 },
    ])
  })

  it('D5 are at most fifty, and more is said', async () => {
    await record(...Array.from({ length: 50 }, (_, index) => [`p${index}`, 'Ana', index] as const))
    expect(await search('ana')).toMatchObject({ more: false })
    await join('a', 'ana', 'Ana')
    const { people, more } = await search('ana')
    expect([people.length, people[0]?.identity, more]).toEqual([50, 'ana', true])
  })

  it('D5 are read as far as anything is known, else not found', async () => {
    await join('a', 'ana', 'Ana')
    expect(await desk.read('ana', sue)).toMatchObject({ ok: true, value: { name: 'Ana', rooms: ['a'], lastSeenAt: NOW, records: [] } })
    expect(await desk.read('nobody', sue)).toMatchObject({ ok: false, code: 'not_found' })
  })

  it('D7 support reads what was done about somebody, but nothing of others, nor what others wrote', async () => {
    const entry = {
      operator: 'mo',
      reason: 'spam',
      text: 'be quiet',
      targets: [
        { identity: 'ana', ok: true },
        { identity: 'bo', ok: true },
      ],
    }
    actions = [entry, { ...entry, operator: 'sue' }].map((each, seq) => ({
      ...{ seq, at: 1, endedAt: 2, role: 'moderator', type: 'mute', actionId: null, room: 'a', targetCount: 2, result: 'done' },
      ...{ code: null, detail: null, why: null, measureId: null, hash: '' },
      ...each,
    }))
    const seenBy = async (operator: Operator) => {
      const read = await desk.read('ana', operator)
      return read.ok ? read.value.actions.map(({ text, reason, targets }) => [text, reason, targets.length]) : read
    }
    expect(await seenBy(mo)).toEqual([
      ['be quiet', 'spam', 2],
      ['be quiet', 'spam', 2],
    ])
    expect(await seenBy(sue)).toEqual([
      [null, 'spam', 1],
      ['be quiet', 'spam', 1],
    ])
  })

  it('X7 are noted about, and erased, in the audit: who was erased is not in it', async () => {
    expect(await desk.addNote('ana', '=cmd()', sue)).toMatchObject({ ok: true, value: { by: 'sue', text: '=cmd()', at: NOW } })
    expect(await desk.erase('ana', { name: 'root', role: 'admin' })).toMatchObject({ ok: true })
    expect(noted.map(({ intent: { type, identities, text }, failed }) => [type, identities, text, failed])).toEqual([
      ['add_note', ['ana'], '=cmd()', false],
      ['erase_person', [], null, false],
    ])
  })

  it('S2.2 are not erased while they are in a room, where they would be recorded anew: it says so, and so does the audit', async () => {
    await record(['ana', 'Ana', 500])
    await join('a', 'ana', 'Ana')
    expect(await desk.erase('ana', { name: 'root', role: 'admin' })).toMatchObject({
      ok: false,
      code: 'conflict',
      message: expect.stringContaining('ana is in a now'),
    })
    expect(noted.map(({ intent: { type, identities }, failed }) => [type, identities, failed])).toEqual([['erase_person', [], true]])
    expect((await search('ana')).people).toHaveLength(1)
    expect(await database.queries.selectFrom('people').select('identity').execute()).toEqual([{ identity: 'ana' }])
  })

  it('S2.2 an invitation shows in a live room, and gives who is there their role, told with who gave it', async () => {
    await join('a', 'ana', 'Ana')
    const told: unknown[] = []
    rooms.told.subscribe(({ type, data }) => told.push([type, data.participant?.identity, data.detail, data.operator]))
    const people = [
      { identity: 'ana', role: 'HOST' },
      { identity: 'guest', role: 'SPEAKER' },
    ]
    // The records have not written yet that ana is there.
    expect(await desk.invite('a', people, lee)).toEqual({ ok: true, value: 2 })
    await rooms.caughtUp()
    const rows = rooms.get('a').room?.participants
    expect(rows?.get('ana')).toMatchObject({ online: true, role: 'HOST' })
    expect(rows?.get('guest')).toMatchObject({ invited: true, role: 'SPEAKER' })
    expect(told).toEqual([['role_changed', 'ana', 'HOST', 'lee']])
    expect(await desk.invite('a', [{ identity: 'guest', canSpeak: true }], sue)).toMatchObject({ ok: true })
    await rooms.caughtUp()
    expect(rooms.get('a').room?.participants.get('guest')).toMatchObject({ role: 'SPEAKER' })
  })

  it('D7 who may not give roles gives none by inviting: a role may leave somebody out of a lock', async () => {
    await join('a', 'ana', 'Ana')
    for (const role of ['HOST', 'VIEWER']) {
      expect(await desk.invite('a', [{ identity: 'bo' }, { identity: 'ana', role }], sue)).toMatchObject({ ok: false, code: 'forbidden' })
    }
    await rooms.caughtUp()
    expect(rooms.get('a').room?.participants.get('ana')?.role).toBe('VIEWER')
    expect(rooms.get('a').room?.participants.has('bo')).toBe(false)
    expect(noted.map(({ intent: { type, identities }, failed }) => [type, identities, failed])).toEqual([
      ['invite', ['bo', 'ana'], true],
      ['invite', ['bo', 'ana'], true],
    ])
  })

  it('S2.2 who is invited to a room that is not live is told as a room would show them', async () => {
    await desk.invite('later', [{ identity: 'ana', name: 'Ana', canSpeak: true }], sue)
    expect(await desk.invitedTo('later')).toMatchObject([
      { identity: 'ana', name: 'Ana', status: 'INVITED', isOnline: false, role: 'VIEWER', canSpeak: true, canVideo: false, sid: '' },
    ])
    expect(await desk.invitedTo('other')).toEqual([])
  })

  it('say that the database is away, in the audit, too', async () => {
    await database.close()
    const away = { ok: false, code: 'unavailable', message: 'the database is away' }
    const answers = [
      desk.search('a'),
      desk.read('ana', sue),
      desk.addNote('ana', 'x', sue),
      desk.erase('ana', sue),
      desk.invite('a', [{ identity: 'ana' }], sue),
    ]
    for (const answer of answers) expect(await answer).toMatchObject(away)
    expect(await desk.invitedTo('a')).toEqual([])
    expect(noted.map(({ failed }) => failed)).toEqual([true, true, true])
  })
})
