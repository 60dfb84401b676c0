import { z } from 'zod'
import { decodeJson } from '#server/redis/decode-json.ts'
import type { Applied } from './apply-room-event.ts'
import type { RoomChange } from './room-change.ts'
import {
  confirmationSchema,
  EVENT_IDS,
  isCounted,
  MEMORY_MS,
  participantRowSchema,
  trackRowSchema,
  type ParticipantRow,
  type Room,
  type RoomFacts,
  type RoomMemory,
  type RoomRecord,
  type TrackRow,
} from './room-model.ts'
import { RecentEntries } from './recent-entries.ts'
import type { FeedDraft } from './feed-draft.ts'
import { EVENT_ID_FIELD } from './redis-commit-script.ts'
import type { CommitBody } from './room-store.ts'

const looseTracksSchema = z.array(trackRowSchema)

/** The fields of `rooms:states:{room}` beside the participants' (`p:` and the identity). */
const stateFieldsSchema = z.object({
  revision: z.coerce.number().int(),
  sid: z.string(),
  startedAt: z.coerce.number(),
  metadata: z.string(),
  maxParticipants: z.coerce.number(),
  recording: z.enum(['0', '1']),
  confirmedAt: z.coerce.number(),
  confirmedBy: confirmationSchema.shape.by,
})

/** A Redis hash as the scripts answer it: field, value, field, value. */
export type FlatHash = readonly string[]

/** What was written, read back. A field that can't be read is left out and counted by `onDamaged`. */
export function decodeRecord(name: string, state: FlatHash, ended: FlatHash, onDamaged: (field: string) => void): RoomRecord {
  const roomFields = pairs(state)
  const endedFields = pairs(ended)
  const room = decodeRoom(roomFields, onDamaged)
  const written = Number(roomFields.get('revision') ?? endedFields.get('revision') ?? 0)
  const revision = Number.isSafeInteger(written) ? written : 0
  return { name, revision, room, memory: decodeMemory(endedFields, revision, onDamaged) }
}

function decodeRoom(fields: ReadonlyMap<string, string>, onDamaged: (field: string) => void): Room | null {
  if (fields.size === 0) return null
  const parsed = stateFieldsSchema.safeParse(Object.fromEntries(fields))
  if (!parsed.success) {
    onDamaged('state')
    return null
  }
  const { sid, startedAt, metadata, maxParticipants, recording, confirmedAt, confirmedBy } = parsed.data
  const participants = new Map<string, ParticipantRow>()
  for (const [field, text] of fields) {
    if (!field.startsWith('p:')) continue
    const row = decodeJson(participantRowSchema, text)
    if (row) participants.set(row.identity, row)
    else onDamaged(field)
  }
  return {
    facts: { sid, startedAt, metadata, maxParticipants, recording: recording === '1' },
    confirmed: { at: confirmedAt, by: confirmedBy },
    participants,
  }
}

function decodeMemory(fields: ReadonlyMap<string, string>, revision: number, onDamaged: (field: string) => void): RoomMemory {
  const ended: [string, number][] = []
  const loose = new Map<string, readonly TrackRow[]>()
  const eventIds: [string, number][] = []
  for (const [field, text] of fields) {
    if (field.startsWith(EVENT_ID_FIELD)) {
      eventIds.push([text, newestOfSlot(revision, Number(field.slice(EVENT_ID_FIELD.length)))])
    } else if (field.startsWith('u:')) {
      const tracks = decodeJson(looseTracksSchema, text)
      if (tracks) loose.set(field.slice(2), tracks)
      else onDamaged(field)
    } else if (/^[rpsti]:/.test(field)) {
      ended.push([field, Number(text)])
    }
  }
  const inOrder = (entries: [string, number][]) => RecentEntries.of(entries.toSorted((a, b) => a[1] - b[1]))
  return { ended: inOrder(ended), loose, eventIds: inOrder(eventIds) }
}

/** Commits write their event's id to the slots in turn, so a slot tells at which revision it was written last. */
function newestOfSlot(revision: number, slot: number): number {
  return revision - ((((revision - slot) % EVENT_IDS) + EVENT_IDS) % EVENT_IDS)
}

/** A log entry before it is written: `mark` is how its author will know it again. */
export type MarkedBody = { readonly mark: string; readonly text: string }

/** What a commit writes: each changed row once as JSON, for the state and for the log. */
export type EncodedCommit = {
  readonly rows: readonly string[]
  readonly bodies: readonly { readonly body: CommitBody; readonly text: string }[]
}

/** The log is told one entry for each event of the feed, the first with the change. */
export function encodeChange(name: string, { change, feed }: Applied): EncodedCommit {
  const rows = change.participants.map((row) => JSON.stringify(row))
  const [first = null, ...others] = feed
  const { participants: _participants, ...rest } = change
  // The same text as of the whole body, without making the rows' a second time.
  const head = JSON.stringify({ v: 1, kind: 'commit', room: name, feed: first, change: rest }).slice(0, -2)
  const bodies = [{ body: commitBody(name, change, first), text: `${head},"participants":[${rows.join(',')}]}}` }]
  for (const told of others) {
    const body = commitBody(name, null, told)
    bodies.push({ body, text: JSON.stringify(body) })
  }
  return { rows, bodies }
}

function commitBody(room: string, change: RoomChange | null, feed: FeedDraft | null): CommitBody {
  return { v: 1, kind: 'commit', room, change, feed }
}

/** One commit's arguments to the commit script. */
export function encodeCommit(record: RoomRecord, change: RoomChange, rows: readonly string[], bodies: readonly MarkedBody[]): string[] {
  const { participants, removed, remember, forget } = change
  const session = change.session === 'same' && !record.room ? 'none' : change.session
  const confirmed = change.confirmed ?? record.room?.confirmed
  const state = change.facts ? factFields(record.name, change.facts) : []
  const online: string[] = []
  const offline = [...removed]
  const before = change.session === 'same' ? record.room?.participants : undefined
  for (const [index, row] of participants.entries()) {
    state.push(`p:${row.identity}`, rows[index] ?? '')
    if (isCounted(row) !== isCounted(before?.get(row.identity))) (isCounted(row) ? online : offline).push(row.identity)
  }
  const remembered: string[] = []
  for (const [key, at] of remember.ended) remembered.push(key, String(at))
  for (const [sid, tracks] of remember.loose) remembered.push(`u:${sid}`, JSON.stringify(tracks))
  const gone = removed.map((identity) => `p:${identity}`)
  const forgotten = forget.loose.length === 0 ? forget.ended : [...forget.ended, ...forget.loose.map((sid) => `u:${sid}`)]
  const entries: string[] = []
  for (const { mark, text } of bodies) entries.push(mark, text)
  const lists = [state, gone, online, offline, remembered, forgotten, entries]
  // No room is confirmed by nothing: it is not live, and what stands there is not written.
  const words = `${record.revision} ${session} ${confirmed?.at ?? 0} ${confirmed?.by ?? '-'}`
  const args = [record.name, change.eventId, `${words} ${lists.map(({ length }) => length).join(' ')}`]
  for (const list of lists) for (const item of list) args.push(item)
  return args
}

/** The arguments of the script that writes a room's keys anew, after the log id. */
export function encodeRestore(record: RoomRecord, now: number): (string | number)[] {
  const { name, revision, room, memory } = record
  const rows = [...(room?.participants.values() ?? [])]
  const remembered = [
    ...[...memory.ended].flat(),
    ...[...memory.loose].flatMap(([sid, tracks]) => [`u:${sid}`, JSON.stringify(tracks)]),
    ...[...memory.eventIds].flatMap(([id, at]) => [`${EVENT_ID_FIELD}${at % EVENT_IDS}`, id]),
  ]
  return [
    ...[name, room ? 1 : 0, revision, now, MEMORY_MS],
    ...counted(room ? [...stateFields(name, room, now), 'revision', revision] : []),
    ...counted(rows.filter(isCounted).map((row) => row.identity)),
    ...counted(revision > 0 ? [...remembered, 'revision', revision] : []),
  ]
}

function stateFields(name: string, room: Room, now: number): string[] {
  const { facts, confirmed, participants } = room
  const fields = ['lastUpdated', String(now), 'confirmedAt', String(confirmed.at), 'confirmedBy', confirmed.by, ...factFields(name, facts)]
  for (const row of participants.values()) fields.push(`p:${row.identity}`, JSON.stringify(row))
  return fields
}

function factFields(name: string, { sid, startedAt, metadata, maxParticipants, recording }: RoomFacts): string[] {
  const fields = ['v', '1', 'roomName', name, 'isActive', '1', 'sid', sid, 'startedAt', String(startedAt), 'metadata', metadata]
  fields.push('maxParticipants', String(maxParticipants), 'recording', recording ? '1' : '0')
  return fields
}

function counted(items: readonly (string | number)[]): (string | number)[] {
  return [items.length, ...items]
}

function pairs(flat: FlatHash): Map<string, string> {
  const fields = new Map<string, string>()
  for (let index = 0; index + 1 < flat.length; index += 2) fields.set(flat[index] ?? '', flat[index + 1] ?? '')
  return fields
}
