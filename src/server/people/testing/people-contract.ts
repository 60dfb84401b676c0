import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import { createInviteStore, type InviteStore } from '../invite-store.ts'
import { createPeopleSearch, type FindPeople } from '../people-search.ts'
import { erasePastMeasures } from '../erase-past-measures.ts'
import { personIdsOf } from '../person-id.ts'
import { createPersonStore, type PersonStore } from '../person-store.ts'
import { touchPeople, type SeenPerson } from '../touch-person.ts'

/** What holds for people in any database. */
export function describePeople(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  let database: Database
  beforeEach(async () => {
    const opened = await openDatabase(await fresh())
    if (!opened.ok) throw new Error(opened.message)
    database = opened.value
  })
  afterEach(() => database.close())

  const see = (...people: SeenPerson[]) => database.queries.transaction().execute((transaction) => touchPeople(transaction, people))
  const person = (identity: string, name: string, at: number | null = 1000) => ({ identity, name, at })

  describe(`D5 people in ${kind}`, () => {
    let find: FindPeople
    const found = async (search: string, limit = 51) => (await find(search, limit)).people.map(({ identity }) => identity)
    beforeEach(() => {
      find = createPeopleSearch(database.queries)
    })

    it('are known by the newest name, and by when they were seen first and last, in whatever order that is told', async () => {
      await see(person('ana', 'Ana B', 2000))
      await see(person('ana', 'Ana', 1000), person('bo', '', 1500))
      await see(person('ana', '', 3000))
      expect((await find('', 9)).people).toEqual([
        { identity: 'ana', name: 'Ana B', firstSeenAt: 1000, lastSeenAt: 3000 },
        { identity: 'bo', name: '', firstSeenAt: 1500, lastSeenAt: 1500 },
      ])
      await see(person('ana', 'Anna C', 4000), person('bo', 'Bo', null))
      expect((await find('', 9)).people).toMatchObject([{ name: 'Anna C' }, { identity: 'bo', name: 'Bo', lastSeenAt: 1500 }])
      expect([await found('c'), await found('b'), await found('ana')]).toEqual([['ana'], ['bo'], ['ana']])
    })

    it('keep their id when they are touched', async () => {
      const ids = await personIdsOf(database.queries, ['ana', 'bo', 'ana'])
      await database.queries.transaction().execute((transaction) => touchPeople(transaction, [person('ana', 'Ana')]))
      expect(await personIdsOf(database.queries, ['bo', 'ana'])).toEqual(ids)
      expect(new Set(ids.values()).size).toBe(2)
      expect(await found('an')).toEqual(['ana'])
    })

    it('get one id each, whoever asks for it at once', async () => {
      const identities = Array.from({ length: 20 }, (_, index) => `p${index}`)
      const [first, ...others] = await Promise.all([1, 2, 3, 4].map(() => personIdsOf(database.queries, identities)))
      for (const other of others) expect(other).toEqual(first)
    })

    it('are found by the beginnings of their words, whatever the case and the accents', async () => {
      const cases: readonly (readonly [string, string, boolean])[] = [
        ['an identity’s beginning', 'user-1', true],
        ['not its middle', 'ser-1', false],
        ['any word of the name', 'mül', true],
        ['whatever the case and the accents', 'MULLER', true],
        ['accents that are typed decomposed', 'mu\u0308l', true],
        ['accents where the name has none', 'rené', true],
        ['a word after a hyphen', 'luc', true],
        ['all of several words', 'jean mul', true],
        ['not only one of them', 'jean meier', false],
        ['letters that are one letter', 'strasse', true],
        ['a full-width letter', 'ｒｅｎｅ', true],
        ['another script', 'οδυσ', true],
        ['its final letter', 'ΟΔΥΣΣΕΥΣ', true],
        ['a picture', '👩', true],
        ['what SQL and patterns mean', '%', false],
        ['an underscore', '_', false],
        ['a quote', "'", false],
        ['an identity with odd letters', '__proto__', false],
      ]
      await see(person('user-1', 'Jean-Luc Müller Straße Rene Οδυσσεύς 👩‍🚀'), person('other', 'Somebody Else'))
      const got: [string, string[]][] = []
      for (const [name, search] of cases) got.push([name, await found(search)])
      expect(got).toEqual(cases.map(([name, , isFound]) => [name, isFound ? ['user-1'] : []]))
    })

    it('are found where a name is at the edge of what texts can be', async () => {
      const names = [
        '\u{10FFFF}',
        'a\u{10FFFF}',
        'a\u{10FFFF}\u{10FFFF}b',
        '\u{D7FF}x',
        '\u{E000}x',
        'z'.repeat(600),
        'nul\0byte',
        '\uD83D',
      ]
      await see(...names.map((name, index) => person(`i${index}`, name, 5000 - index)))
      expect(await found('\u{10FFFF}')).toEqual(['i0'])
      expect(await found('a\u{10FFFF}')).toEqual(['i1', 'i2'])
      expect(await found('a\u{10FFFF}\u{10FFFF}')).toEqual(['i2'])
      expect(await found('\u{D7FF}')).toEqual(['i3'])
      expect(await found('\u{E000}')).toEqual(['i4'])
      expect(await found('z'.repeat(600))).toEqual(['i5'])
      expect(await found('nul\0b')).toEqual(['i6'])
      expect(await found('\uD83D')).toEqual(['i7'])
    })

    it('are found as exactly what they are called', async () => {
      const identities = ['__proto__', "'; drop table people; --", '%', 'a:b', '{x}', ' ', 'Ünï cödé', 'x'.repeat(512)]
      await see(...identities.map((identity, index) => person(identity, '', 5000 - index)))
      for (const identity of identities) if (identity.trim() !== '') expect(await found(identity)).toContain(identity)
      expect(await found('')).toEqual(identities)
    })

    it('come in the order in which they were seen, who never was at last, and no more than asked for', async () => {
      await see(person('p1', 'Ana', 1000), person('p2', 'Ana', 3000), person('p3', 'Ana', null), person('p4', 'Ana', 2000))
      expect(await found('ana')).toEqual(['p2', 'p4', 'p1', 'p3'])
      expect(await found('ana', 2)).toEqual(['p2', 'p4'])
      expect(await found('')).toEqual(['p2', 'p4', 'p1'])
      expect(await found(' \t ')).toEqual(['p2', 'p4', 'p1'])
    })
  })

  describe(`S2.2 invitations and roles in ${kind}`, () => {
    let store: InviteStore
    beforeEach(() => {
      store = createInviteStore(database.queries)
    })
    const plain = { role: 'VIEWER', invited: true, canSpeak: false, canVideo: false }

    it('begin as INVITED with the defaults, and keep what is not given again', async () => {
      const [first] = await store.invite('lobby', [{ identity: 'ana' }], 1000)
      expect(first).toEqual({ room: 'lobby', identity: 'ana', name: '', ...plain, changedAt: 1000 })
      await store.invite('lobby', [{ identity: 'ana', name: 'Ana', role: 'HOST', canSpeak: true }], 2000)
      const [again] = await store.invite('lobby', [{ identity: 'ana', canVideo: true }], 3000)
      expect(again).toEqual({ ...first, name: 'Ana', role: 'HOST', canSpeak: true, canVideo: true, changedAt: 3000 })
      expect(await store.invited('lobby', 10)).toEqual([again])
      expect((await createPeopleSearch(database.queries)('ana', 9)).people).toMatchObject([{ name: 'Ana', lastSeenAt: null }])
    })

    it.each(['JOINED', 'LEFT'])('never take away that somebody has %s, but give the role', async (status) => {
      const row = { name: 'Ana', role: 'VIEWER', status, joined_at: 5, left_at: null, can_speak: 0, can_video: 1, changed_at: 5 }
      await database.queries
        .insertInto('participants')
        .values({ room: 'lobby', identity: 'ana', ...row })
        .execute()
      const [after] = await store.invite('lobby', [{ identity: 'ana', name: 'Other', role: 'HOST', canSpeak: true, canVideo: false }], 9)
      expect(after).toMatchObject({ name: 'Ana', role: 'HOST', invited: false, canSpeak: false, canVideo: true })
      expect(await store.invited('lobby', 10)).toEqual([])
      const [kept] = await database.queries.selectFrom('participants').selectAll().execute()
      expect(kept).toMatchObject({ status, joined_at: 5, role: 'HOST' })
    })

    it('take a thousand at once, and one who is named twice as named last', async () => {
      const people = Array.from({ length: 1000 }, (_, index) => ({ identity: `p${index}` }))
      const invited = await store.invite('lobby', [...people, { identity: 'p7', role: 'HOST' }], 1000)
      expect(invited).toHaveLength(1000)
      expect(await store.standings(['lobby'])).toHaveLength(1000)
      expect((await store.standings(['lobby'])).filter(({ role }) => role === 'HOST')).toMatchObject([{ identity: 'p7' }])
      expect(await store.invited('lobby', 10)).toHaveLength(10)
    })

    it('are read for the rooms that are asked for: who has a role, and who is to come', async () => {
      await store.invite('a', [{ identity: 'ana' }, { identity: 'bo', role: 'HOST' }], 1)
      await store.setRole({ room: 'a', identity: 'cy', name: 'Cy', role: 'SPEAKER', isThere: true, at: 2 })
      await store.setRole({ room: 'a', identity: 'di', name: 'Di', role: 'VIEWER', isThere: true, at: 2 })
      await store.setRole({ room: 'b', identity: 'ana', name: '', role: 'SPEAKER', isThere: false, at: 2 })
      await store.setRole({ room: 'c', identity: 'ana', name: '', role: 'SPEAKER', isThere: false, at: 2 })
      const standings = await store.standings(['a', 'b', 'nowhere'])
      expect(standings.map(({ room, identity, role, invited }) => `${room} ${identity} ${role} ${invited}`).toSorted()).toEqual([
        'a ana VIEWER true',
        'a bo HOST true',
        'a cy SPEAKER false',
        'b ana SPEAKER true',
      ])
    })

    it('a role is the newest that was given, and leaves the rest as it is', async () => {
      await store.invite('a', [{ identity: 'ana', name: 'Ana', canSpeak: true }], 1)
      await store.setRole({ room: 'a', identity: 'ana', name: 'Other', role: 'HOST', isThere: true, at: 2 })
      expect(await store.standings(['a'])).toMatchObject([{ name: 'Ana', role: 'HOST', invited: true, canSpeak: true, changedAt: 2 }])
    })
  })

  describe(`what is kept of one person in ${kind}`, () => {
    let persons: PersonStore
    beforeEach(() => {
      persons = createPersonStore(database.queries, [erasePastMeasures(() => 1000)])
    })

    it('is nothing of who is not known', async () => {
      expect(await persons.read('nobody')).toEqual({ known: null, records: [], notes: [] })
      expect(await persons.erase('nobody')).toBe(0)
    })

    it('X7 holds notes as they were written, newest first, and who is noted is found', async () => {
      const texts = ['<script>alert(1)</script>', '=cmd()', 'ümlaut 👩‍🚀\nsecond line']
      for (const [index, text] of texts.entries()) await persons.addNote('ana', { text, by: 'mo', at: 1000 + index })
      const { notes, known } = await persons.read('ana')
      expect(notes.map(({ text, by, at }) => [text, by, at])).toEqual(texts.map((text, index) => [text, 'mo', 1000 + index]).toReversed())
      expect(known).toMatchObject({ identity: 'ana', lastSeenAt: null })
    })

    it('holds the records of all rooms, the last changed first', async () => {
      const store = createInviteStore(database.queries)
      await store.invite('a', [{ identity: 'ana', canSpeak: true }], 1)
      await store.setRole({ room: 'b', identity: 'ana', name: 'Ana', role: 'HOST', isThere: true, at: 2 })
      expect((await persons.read('ana')).records).toEqual([
        { room: 'b', role: 'HOST', status: 'JOINED', joinedAt: null, leftAt: null, canSpeak: false, canVideo: false },
        { room: 'a', role: 'VIEWER', status: 'INVITED', joinedAt: null, leftAt: null, canSpeak: true, canVideo: false },
      ])
    })

    it('is erased whole, and only of that person; what is in force stays', async () => {
      await see(person('ana', 'Ana Example'), person('ana2', 'Ana Other'))
      for (const identity of ['ana', 'ana2']) {
        await persons.addNote(identity, { text: 'x', by: 'mo', at: 1 })
        await createInviteStore(database.queries).invite('lobby', [{ identity }], 1)
      }
      const measure = {
        kind: 'ban',
        scope: 'all',
        room: null,
        sources: null,
        except: null,
        reason: 'x',
        by: 'mo',
        at: 1,
        revision: 1,
        changes: '[]',
      }
      const over = [
        { id: 'lifted', until: null, lifted_at: 5, lifted_by: 'mo' },
        { id: 'past', until: 900, lifted_at: null, lifted_by: null },
        { id: 'forever', until: null, lifted_at: null, lifted_by: null },
        { id: 'still', until: 1001, lifted_at: null, lifted_by: null },
      ]
      await database.queries
        .insertInto('measures')
        .values(over.map((each) => ({ ...measure, identity: 'ana', ...each })))
        .execute()
      const before = await idsOf()
      expect(await persons.erase('ana')).toBe(7)
      expect(await persons.read('ana')).toEqual({ known: null, records: [], notes: [] })
      expect(await database.queries.selectFrom('measures').select('id').orderBy('id').execute()).toEqual([
        { id: 'forever' },
        { id: 'still' },
      ])
      expect((await createPeopleSearch(database.queries)('ana', 9)).people).toMatchObject([{ identity: 'ana2' }])
      expect((await persons.read('ana2')).notes).toHaveLength(1)
      await see(person('ana', 'Ana Example'))
      expect((await idsOf()).get('ana')).not.toBe(before.get('ana'))
    })

    it('is erased by all parts or by none', async () => {
      await see(person('ana', 'Ana'))
      const failing = createPersonStore(database.queries, [
        (transaction) =>
          transaction
            .deleteFrom('person_words')
            .execute()
            .then(() => 1),
        () => Promise.reject(new Error('this part fails')),
      ])
      await expect(failing.erase('ana')).rejects.toThrow('this part fails')
      expect((await createPeopleSearch(database.queries)('ana', 9)).people).toHaveLength(1)
    })

    const idsOf = () => personIdsOf(database.queries, ['ana', 'ana2'])
  })
}
