import type { z } from 'zod'
import { auditCheckSchema, auditPageSchema, type auditQuerySchema } from '#shared/contract/http-audit.ts'
import { measuresSchema, type MeasuresQuery } from '#shared/contract/http-measures.ts'
import { erasedSchema, invitedSchema, noteSchema, peopleSchema, personSchema, type Invites } from '#shared/contract/http-people.ts'
import { roomSessionsSchema, wholeSessionSchema, type sessionsQuerySchema } from '#shared/contract/http-sessions.ts'
import type { RequestValue } from '#shared/contract/ipc.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { askServer, readText, type ServerRequest } from '../link/http-client.ts'
import type { Endpoint } from '../link/link.ts'
import { pathWith } from './path-with.ts'

/** How long reading one person or session whole may take, ms: there may be thousands of rows. */
const WHOLE_TIMEOUT_MS = 20_000
/** How long going through all of the audit may take, ms. */
const AUDIT_TIMEOUT_MS = 120_000
/** How much an export may be, bytes: it goes through the window's memory twice. */
export const EXPORT_LIMIT_BYTES = 50_000_000

type AuditQuery = Omit<z.output<typeof auditQuerySchema>, 'format'>
type Page = z.output<typeof sessionsQuerySchema>

/** What the sync server has on record, read when somebody asks for it; nothing is kept here. */
export type Records = {
  readonly listMeasures: (query: MeasuresQuery) => Promise<Result<RequestValue<'list_measures'>>>
  readonly searchPeople: (query: { readonly q: string }) => Promise<Result<RequestValue<'search_people'>>>
  readonly readPerson: (identity: string) => Promise<Result<RequestValue<'read_person'>>>
  readonly addNote: (identity: string, text: string) => Promise<Result<RequestValue<'add_note'>>>
  readonly erasePerson: (identity: string) => Promise<Result<RequestValue<'erase_person'>>>
  readonly invite: (room: string, people: Invites['people']) => Promise<Result<RequestValue<'invite'>>>
  readonly listSessions: (room: string, page: Page) => Promise<Result<RequestValue<'list_sessions'>>>
  readonly readSession: (sid: string) => Promise<Result<RequestValue<'read_room_session'>>>
  readonly searchAudit: (query: AuditQuery) => Promise<Result<RequestValue<'search_audit'>>>
  /** The whole export as text, with a name for its file. */
  readonly exportAudit: (query: AuditQuery & { readonly format: 'csv' | 'json' }) => Promise<Result<RequestValue<'export_audit'>>>
  readonly checkAudit: () => Promise<Result<RequestValue<'check_audit'>>>
}

type Ask = <T>(what: (endpoint: Endpoint) => Promise<Result<T>>) => Promise<Result<T>>

/** `ask` has the endpoint, or refuses where there is none. */
export function createRecords(ask: Ask): Records {
  async function request<T>(path: string | null, rest: Omit<ServerRequest<T>, 'path'>): Promise<Result<T>> {
    return path === null
      ? fail('invalid', 'nothing of that name can be asked for')
      : ask((endpoint) => askServer(endpoint, { path, ...rest }))
  }
  return {
    listMeasures: (query) => request(pathWith`/api/measures`.query(query), { answer: measuresSchema, what: 'what is in force' }),
    searchPeople: (query) => request(pathWith`/api/people`.query(query), { answer: peopleSchema, what: 'people' }),
    readPerson: (identity) =>
      request(pathWith`/api/people/${identity}`.plain(), { answer: personSchema, what: 'that person', timeoutMs: WHOLE_TIMEOUT_MS }),
    addNote: (identity, text) =>
      request(pathWith`/api/people/${identity}/notes`.plain(), { body: { text }, answer: noteSchema, what: 'a note' }),
    erasePerson: (identity) =>
      request(pathWith`/api/people/${identity}`.plain(), {
        method: 'DELETE',
        answer: erasedSchema,
        what: 'that',
        timeoutMs: WHOLE_TIMEOUT_MS,
      }),
    invite: (room, people) =>
      request(pathWith`/api/rooms/${room}/invites`.plain(), { body: { people }, answer: invitedSchema, what: 'an invitation' }),
    listSessions: (room, page) =>
      request(pathWith`/api/rooms/${room}/sessions`.query(page), { answer: roomSessionsSchema, what: 'past sessions' }),
    readSession: (sid) =>
      request(pathWith`/api/sessions/${sid}`.plain(), { answer: wholeSessionSchema, what: 'that session', timeoutMs: WHOLE_TIMEOUT_MS }),
    searchAudit: (query) => request(pathWith`/api/audit`.query(query), { answer: auditPageSchema, what: 'the audit' }),
    async exportAudit(query) {
      const path = pathWith`/api/audit`.query(query)
      if (path === null) return fail('invalid', 'that can not be exported')
      const read = await ask((endpoint) =>
        readText(endpoint, { path, what: 'the export', timeoutMs: AUDIT_TIMEOUT_MS, limitBytes: EXPORT_LIMIT_BYTES }),
      )
      return read.ok ? succeed({ name: exportName(query.format, Date.now()), text: read.value }) : read
    },
    checkAudit: () =>
      request(pathWith`/api/audit/check`.plain(), { answer: auditCheckSchema, what: 'a check of the audit', timeoutMs: AUDIT_TIMEOUT_MS }),
  }
}

/** `usher-audit-2026-05-04T10-11-12Z.csv`: no character that a file system refuses. */
function exportName(format: 'csv' | 'json', now: number): string {
  return `usher-audit-${new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')}Z.${format}`
}
