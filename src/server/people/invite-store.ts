import { sql, type Kysely, type Transaction } from 'kysely'
import type { Invites } from '#shared/contract/http-people.ts'
import { DEFAULT_ROLE } from '#server/rooms/room-model.ts'
import { inParts } from '#server/records/in-parts.ts'
import { inTransaction } from '#server/records/in-transaction.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { storable } from './search-words.ts'
import { touchPeople } from './touch-person.ts'

/** What is on record of somebody in a room, as far as a room that starts is to know. `changedAt` in ms. */
export type Standing = {
  readonly room: string
  readonly identity: string
  readonly name: string
  readonly role: string
  readonly invited: boolean
  readonly canSpeak: boolean
  readonly canVideo: boolean
  readonly changedAt: number
}

/** Roles and invitations in the database. Every method throws what the database says. */
export type InviteStore = {
  /** Who is more than a viewer in these rooms, or to come. */
  readonly standings: (rooms: readonly string[]) => Promise<readonly Standing[]>
  /** Who is to come to a room, at most so many. */
  readonly invited: (room: string, limit: number) => Promise<readonly Standing[]>
  /** Invites, and answers with all of them as they are then. Who has joined stays so, but for the role; what isn't given stays. `at` in ms. */
  readonly invite: (room: string, people: Invites['people'], at: number) => Promise<readonly Standing[]>
  /** Gives somebody a role; who has no record there yet gets one, as `JOINED` where they are there, else as `INVITED`. */
  readonly setRole: (given: GivenRole) => Promise<void>
}

/** `name`: for who has no record yet. `at` in ms. */
export type GivenRole = {
  readonly room: string
  readonly identity: string
  readonly name: string
  readonly role: string
  readonly isThere: boolean
  readonly at: number
}

const columns = ['room', 'identity', 'name', 'role', 'status', 'can_speak', 'can_video', 'changed_at'] as const
type Row = Pick<DatabaseSchema['participants'], (typeof columns)[number]>

export function createInviteStore(queries: Kysely<DatabaseSchema>): InviteStore {
  return {
    async standings(rooms) {
      const found = new Map<string, Row>()
      const of = () => queries.selectFrom('participants').select(columns).where('room', 'in', rooms.map(storable))
      // Two, because each has an index of its own that holds only these.
      for (const row of [
        ...(await of().where('role', '<>', sql.lit(DEFAULT_ROLE)).execute()),
        ...(await of().where('status', '=', sql.lit('INVITED')).execute()),
      ])
        found.set(`${row.room.length} ${row.room} ${row.identity}`, row)
      return [...found.values()].map(toStanding)
    },
    async invited(room, limit) {
      const rows = await queries
        .selectFrom('participants')
        .select(columns)
        .where('room', '=', storable(room))
        .where('status', '=', sql.lit('INVITED'))
        .orderBy('changed_at')
        .limit(limit)
        .execute()
      return rows.map(toStanding)
    },
    invite: (room, people, at) => inTransaction(queries, (transaction) => invite(transaction, storable(room), people, at)),
    setRole: ({ room, identity, name, role, isThere, at }) =>
      inTransaction(queries, async (transaction) => {
        await transaction
          .insertInto('participants')
          .values({
            ...{ room: storable(room), identity: storable(identity), name: storable(name), role: storable(role) },
            ...{ status: isThere ? 'JOINED' : 'INVITED', joined_at: null, left_at: null, can_speak: 0, can_video: 0, changed_at: at },
          })
          .onConflict((conflict) => conflict.columns(['room', 'identity']).doUpdateSet({ role: storable(role), changed_at: at }))
          .execute()
        await touchPeople(transaction, [{ identity, name, at: null }])
      }),
  }
}

async function invite(
  transaction: Transaction<DatabaseSchema>,
  room: string,
  people: Invites['people'],
  at: number,
): Promise<readonly Standing[]> {
  // Of one who is named twice the last holds, and all are in one order, so that two transactions never wait for each other.
  const asked = [...new Map(people.map((person) => [storable(person.identity), person]))].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const standings: Standing[] = []
  for (const part of inParts(asked)) {
    const identities = part.map(([identity]) => identity)
    const known = await transaction
      .selectFrom('participants')
      .select(columns)
      .where('room', '=', room)
      .where('identity', 'in', identities)
      .execute()
    const before = new Map(known.map((row) => [row.identity, row]))
    const written = await transaction
      .insertInto('participants')
      .values(
        part.map(([identity, { name, role, canSpeak, canVideo }]) => {
          const row = before.get(identity)
          return {
            ...{ room, identity, status: 'INVITED', joined_at: null, left_at: null, changed_at: at },
            name: storable(name ?? row?.name ?? ''),
            role: storable(role ?? row?.role ?? DEFAULT_ROLE),
            can_speak: Number(canSpeak ?? row?.can_speak ?? 0),
            can_video: Number(canVideo ?? row?.can_video ?? 0),
          }
        }),
      )
      .onConflict((conflict) =>
        conflict.columns(['room', 'identity']).doUpdateSet({
          role: sql<string>`excluded.role`,
          // Somebody may have joined since.
          name: whileInvited('name'),
          can_speak: whileInvited('can_speak'),
          can_video: whileInvited('can_video'),
          changed_at: sql<number>`excluded.changed_at`,
        }),
      )
      .returning(columns)
      .execute()
    standings.push(...written.map(toStanding))
  }
  await touchPeople(
    transaction,
    asked.map(([identity, { name }]) => ({ identity, name: name ?? '', at: null })),
  )
  return standings
}

function whileInvited<T>(column: string) {
  return sql<T>`case when participants.status = 'INVITED' then ${sql.ref(`excluded.${column}`)} else ${sql.ref(`participants.${column}`)} end`
}

function toStanding({ room, identity, name, role, status, can_speak, can_video, changed_at }: Row): Standing {
  return {
    ...{ room, identity, name, role, changedAt: changed_at },
    invited: status === 'INVITED',
    canSpeak: can_speak === 1,
    canVideo: can_video === 1,
  }
}
