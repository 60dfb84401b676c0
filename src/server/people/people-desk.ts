import { randomUUID } from 'node:crypto'
import type { AuditEntry } from '#shared/contract/http-audit.ts'
import {
  PEOPLE_FOUND,
  type FoundPerson,
  type Invites,
  type Note,
  type People,
  type Person,
  type PersonSession,
} from '#shared/contract/http-people.ts'
import { fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import type { Measure } from '#shared/domain/measure.ts'
import { may, type Operator } from '#shared/domain/operator.ts'
import type { Participant } from '#shared/domain/participant.ts'
import type { Audit } from '#server/audit/audit.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { INVITED_SHOWN } from '#server/rooms/room-model.ts'
import type { InviteStore, Standing } from './invite-store.ts'
import { toInvited } from './invited-participant.ts'
import type { LivePeople, LivePerson } from './live-people.ts'
import type { FindPeople } from './people-search.ts'
import { READ_AT_MOST, type PersonStore } from './person-store.ts'
import { invitation } from './role-book.ts'

/** What other parts know of somebody. Each throws what the database says; newest first. */
export type KnownElsewhere = {
  readonly sessionsOf: (identity: string, limit: number) => Promise<readonly PersonSession[]>
  readonly measuresOf: (identity: string) => Promise<readonly Measure[]>
  readonly actionsOf: (identity: string, limit: number) => Promise<readonly AuditEntry[]>
}

/** What operators ask about people (D5, S2.2). Every failure is `unavailable` where the database is away. */
export type PeopleDesk = {
  readonly search: (search: string) => Promise<Result<People>>
  /** `not_found` where nothing at all is known of them. */
  readonly read: (identity: string, operator: Operator) => Promise<Result<Person>>
  readonly addNote: (identity: string, text: string, operator: Operator) => Promise<Result<Note>>
  /** How many rows went. What is in force about them stays. `conflict` while they are in a room: what they do there would be recorded anew. */
  readonly erase: (identity: string, operator: Operator) => Promise<Result<number>>
  /** How many of them are to come now. A live room shows them when this resolves. */
  readonly invite: (room: string, people: Invites['people'], operator: Operator) => Promise<Result<number>>
  /** Who is to come to a room that isn't live; nobody while the database is away. */
  readonly invitedTo: (room: string) => Promise<readonly Participant[]>
}

type Options = {
  readonly rooms: Pick<LiveRooms, 'newest' | 'submit'>
  readonly live: LivePeople
  readonly find: FindPeople
  readonly persons: PersonStore
  readonly invites: InviteStore
  readonly elsewhere: KnownElsewhere
  readonly audit: Pick<Audit, 'note'>
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
  readonly now?: () => number
}

export function createPeopleDesk(options: Options): PeopleDesk {
  const { rooms, live, find, persons, invites, elsewhere, audit, describe, now = Date.now } = options

  async function asked<T>(work: () => Promise<T>): Promise<Result<T>> {
    try {
      return succeed(await work())
    } catch (error) {
      return fail('unavailable', describe(error))
    }
  }

  async function search(typed: string): Promise<People> {
    const matching = await live.find(typed)
    // However many are there, no more of them are answered than these.
    const { people: known, isWhole } = await find(typed, PEOPLE_FOUND + 1 + Math.min(matching.length, PEOPLE_FOUND))
    const records = new Map(known.map((each) => [each.identity, each]))
    const matches = new Set(matching.map(({ identity }) => identity))
    // Somebody may be there under another name than the one that was found.
    const others = live.among([...records.keys()].filter((identity) => !matches.has(identity)))
    const here = [...matching, ...others]
    const isHere = new Set(here.map(({ identity }) => identity))
    const at = now()
    const people: FoundPerson[] = here.map(({ identity, name, rooms: where }) => {
      return { identity, name: name || (records.get(identity)?.name ?? ''), rooms: [...where], lastSeenAt: at }
    })
    for (const { identity, name, lastSeenAt } of known) if (!isHere.has(identity)) people.push({ identity, name, rooms: [], lastSeenAt })
    return { people: people.slice(0, PEOPLE_FOUND), more: people.length > PEOPLE_FOUND || !isWhole }
  }

  async function read(identity: string, operator: Operator): Promise<Person | null> {
    const here = live.among([identity])[0] ?? null
    const { known, records, notes } = await persons.read(identity)
    const sessions = await elsewhere.sessionsOf(identity, READ_AT_MOST)
    const measures = await elsewhere.measuresOf(identity)
    const actions = await elsewhere.actionsOf(identity, READ_AT_MOST)
    const isKnown = here !== null || known !== null || [records, notes, sessions, measures, actions].some(({ length }) => length > 0)
    if (!isKnown) return null
    return {
      identity,
      name: here?.name || (known?.name ?? ''),
      rooms: [...(here?.rooms ?? [])],
      firstSeenAt: known?.firstSeenAt ?? here?.since ?? null,
      lastSeenAt: here ? now() : (known?.lastSeenAt ?? null),
      records: [...records],
      sessions: [...sessions],
      measures: [...measures],
      actions: actions.map((entry) => shownTo(operator, identity, entry)),
      notes: [...notes],
    }
  }

  async function tellRoom(room: string, people: Invites['people'], standings: readonly Standing[], operator: Operator): Promise<void> {
    const given = new Set(people.flatMap(({ identity, role }) => (role === undefined ? [] : [identity])))
    const actionId = randomUUID()
    for (const standing of standings) {
      const session = rooms.newest(room).room
      if (!session) return
      const row = session.participants.get(standing.identity)
      if (standing.invited && (!row || row.invited)) await rooms.submit(invitation(room, session, standing))
      if (!row || row.invited || !given.has(standing.identity)) continue
      await rooms.submit({
        ...{ id: randomUUID(), at: now(), room: { name: room, sid: session.facts.sid, facts: null }, cause: 'action' },
        by: { operator: operator.name, actionId },
        type: 'role_changed',
        participant: { identity: standing.identity, sid: row.sid },
        role: standing.role,
      })
    }
  }

  return {
    search: (typed) => asked(() => search(typed)),
    async read(identity, operator) {
      const found = await asked(() => read(identity, operator))
      if (!found.ok) return found
      return found.value ? succeed(found.value) : nobody(identity)
    },
    async addNote(identity, text, operator) {
      const added = await asked(() => persons.addNote(identity, { text, by: operator.name, at: now() }))
      const asks = { actionId: null, operator, type: 'add_note', room: null, identities: [identity], reason: null, text } as const
      await audit.note(asks, added.ok ? null : added)
      return added
    },
    async erase(identity, operator) {
      const [here] = live.among([identity])
      const erased = here ? stillHere(here) : await asked(() => persons.erase(identity))
      // Whom it was about is just what must not be kept.
      const asks = { actionId: null, operator, type: 'erase_person', room: null, identities: [], reason: null, text: null } as const
      await audit.note(asks, erased.ok ? null : erased)
      return erased
    },
    async invite(room, people, operator) {
      // A role may leave somebody out of what is in force for all.
      const isAllowed = may(operator, 'set_role') || people.every(({ role }) => role === undefined)
      const invited = isAllowed ? await asked(() => invites.invite(room, people, now())) : noRoles(operator)
      const identities = people.map(({ identity }) => identity)
      const roles = [...new Set(people.flatMap(({ role }) => role ?? []))]
      const text = roles.length === 0 ? null : `as ${roles.join(', ')}`
      await audit.note({ actionId: null, operator, type: 'invite', room, identities, reason: null, text }, invited.ok ? null : invited)
      if (!invited.ok) return invited
      await tellRoom(room, people, invited.value, operator)
      return succeed(invited.value.filter((standing) => standing.invited).length)
    },
    async invitedTo(room) {
      const found = await asked(() => invites.invited(room, INVITED_SHOWN))
      return found.ok ? found.value.map(toInvited) : []
    },
  }
}

function noRoles({ role }: Operator): Failure {
  return fail('forbidden', `the role ${role} may invite people, but give them no roles: nobody was invited`)
}

function stillHere({ identity, rooms }: LivePerson): Failure {
  const where = rooms.join(', ')
  return fail(
    'conflict',
    `${identity} is in ${where} now, and would be recorded anew: remove them, or wait until they have left, and erase them then`,
  )
}

function nobody(identity: string): Failure {
  return fail('not_found', `nothing is known of ${identity}`)
}

/**
 * What was done about somebody, as this operator may read it. Who may not read the audit is told who did what, when, where, why and what came of it, but nothing of others it was about, nor
 * the texts that others wrote.
 */
function shownTo(operator: Operator, identity: string, entry: AuditEntry): AuditEntry {
  if (may(operator, 'read_audit')) return entry
  const targets = entry.targets.filter((target) => target.identity === identity)
  return { ...entry, targets, text: entry.operator === operator.name ? entry.text : null }
}
