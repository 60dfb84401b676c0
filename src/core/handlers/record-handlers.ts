import type { recordRequests } from '#shared/contract/ipc-records.ts'
import type { HandlersFor } from './context.ts'

export const recordHandlers: HandlersFor<keyof typeof recordRequests> = {
  list_measures: (query, { session }) => session().records.listMeasures(query),
  search_people: (query, { session }) => session().records.searchPeople(query),
  read_person: ({ identity }, { session }) => session().records.readPerson(identity),
  add_note: ({ identity, text }, { session }) => session().records.addNote(identity, text),
  erase_person: ({ identity }, { session }) => session().records.erasePerson(identity),
  invite: ({ room, people }, { session }) => session().records.invite(room, people),
  list_sessions: ({ room, ...page }, { session }) => session().records.listSessions(room, page),
  read_room_session: ({ sid }, { session }) => session().records.readSession(sid),
  search_audit: (query, { session }) => session().records.searchAudit(query),
  export_audit: (query, { session }) => session().records.exportAudit(query),
  check_audit: (_payload, { session }) => session().records.checkAudit(),
}
