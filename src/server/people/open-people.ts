import type { OpenAudit } from '#server/audit/open-audit.ts'
import { erasePersonTexts } from '#server/audit/erase-person-texts.ts'
import { createMeasureStore } from '#server/measures/measure-store.ts'
import type { Database } from '#server/records/database.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { eraseSessions } from '#server/sessions/erase-sessions.ts'
import { createSessionReader } from '#server/sessions/session-reader.ts'
import { erasePastMeasures } from './erase-past-measures.ts'
import { createInviteStore } from './invite-store.ts'
import { createLivePeople } from './live-people.ts'
import { createPeopleDesk, type PeopleDesk } from './people-desk.ts'
import { createPeopleSearch } from './people-search.ts'
import { createPersonStore, type Erase } from './person-store.ts'
import { createRoleBook, type RoleBook } from './role-book.ts'

/** How many of those an action was about are named. */
const TARGETS = 20

/** People of a running server: their roles, and what operators ask about them. */
export type People = {
  readonly desk: PeopleDesk
  readonly roles: RoleBook
  /** Leaves the rooms alone from now on; the records and the rooms must still be open. */
  readonly close: () => Promise<void>
}

type Options = {
  readonly records: Pick<Database, 'queries' | 'describe'>
  readonly rooms: LiveRooms
  readonly audit: Pick<OpenAudit, 'note' | 'search'>
  readonly log: { readonly warn: (line: string) => void }
  readonly now?: () => number
}

export function openPeople({ records: { queries, describe }, rooms, audit, log, now = Date.now }: Options): People {
  const invites = createInviteStore(queries)
  const eraseTexts: Erase = async (transaction, { personId }) => {
    if (personId !== null) await erasePersonTexts(transaction, personId)
    return 0
  }
  const measures = createMeasureStore(queries)
  const desk = createPeopleDesk({
    ...{ rooms, invites, audit, describe, now },
    live: createLivePeople(rooms),
    find: createPeopleSearch(queries),
    persons: createPersonStore(queries, [eraseSessions, eraseTexts, erasePastMeasures(now)]),
    elsewhere: {
      sessionsOf: createSessionReader(queries, now).sessionsOf,
      measuresOf: (identity) => measures.list({ identity }, now()),
      actionsOf: async (target, limit) => (await audit.search({ target }, { before: null, limit, targets: TARGETS })).entries,
    },
  })
  const roles = createRoleBook({ rooms, standings: invites.standings, describe, log, now })
  return { desk, roles, close: roles.stop }
}
