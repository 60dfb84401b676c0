import { z } from 'zod'
import type { Applied } from './apply-room-event.ts'
import type { RoomChange } from './room-change.ts'
import {
  confirmationSchema,
  EVENT_IDS,
  MEMORY_MS,
  participantRowSchema,
  trackRowSchema,
  type ParticipantRow,
  type Room,
  type RoomMemory,
  type RoomRecord,
  type TrackRow,
} from './room-model.ts'
import { LOG_LENGTH } from './room-store.ts'

const EVENT_ID_FIELD = 'e:'

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
  const revision = Number(roomFields.get('revision') ?? endedFields.get('revision') ?? 0)
  return { name, revision: Number.isSafeInteger(revision) ? revision : 0, room, memory: decodeMemory(endedFields, onDamaged) }
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

function decodeMemory(fields: ReadonlyMap<string, string>, onDamaged: (field: string) => void): RoomMemory {
  const ended: [string, number][] = []
  const loose = new Map<string, readonly TrackRow[]>()
  const eventIds = new Map<number, string>()
  for (const [field, text] of fields) {
    if (field.startsWith(EVENT_ID_FIELD)) {
      eventIds.set(Number(field.slice(EVENT_ID_FIELD.length)), text)
    } else if (field.startsWith('u:')) {
      const tracks = decodeJson(z.array(trackRowSchema), text)
      if (tracks) loose.set(field.slice(2), tracks)
      else onDamaged(field)
    } else if (/^[rpst]:/.test(field)) {
      ended.push([field, Number(text)])
    }
  }
  return { ended: new Map(ended.toSorted((a, b) => a[1] - b[1])), loose, eventIds }
}

/** The arguments of the commit script after the epoch. */
export function encodeCommit(record: RoomRecord, next: RoomRecord, applied: Applied, now: number): (string | number)[] {
  const { change, feed } = applied
  const bodies = feed.length === 0 ? [null] : feed
  return [
    record.revision,
    change.session,
    now,
    record.name,
    MEMORY_MS,
    LOG_LENGTH,
    ...counted(next.room ? stateFields(next, next.room, change, now) : []),
    ...counted(change.removed.map((identity) => `p:${identity}`)),
    ...counted(change.participants.filter((row) => row.online && !row.hidden).map((row) => row.identity)),
    ...counted([...change.participants.filter((row) => !row.online || row.hidden).map((row) => row.identity), ...change.removed]),
    ...counted([
      ...change.remember.ended.flatMap(([key, at]) => [key, at]),
      ...change.remember.loose.flatMap(([sid, tracks]) => [`u:${sid}`, JSON.stringify(tracks)]),
    ]),
    ...counted([...change.forget.ended, ...change.forget.loose.map((sid) => `u:${sid}`)]),
    EVENT_ID_FIELD,
    EVENT_IDS,
    change.eventId,
    ...bodies.map((told, index) =>
      JSON.stringify({ v: 1, kind: 'commit', room: record.name, change: index === 0 ? change : null, feed: told }),
    ),
  ]
}

/** The arguments of the script that writes a room's keys anew, after the log id. */
export function encodeRestore(record: RoomRecord, now: number): (string | number)[] {
  const { name, revision, room, memory } = record
  const rows = [...(room?.participants.values() ?? [])]
  const remembered = [
    ...[...memory.ended].flat(),
    ...[...memory.loose].flatMap(([sid, tracks]) => [`u:${sid}`, JSON.stringify(tracks)]),
    ...[...memory.eventIds].flatMap(([slot, id]) => [`${EVENT_ID_FIELD}${slot}`, id]),
  ]
  return [
    ...[name, room ? 1 : 0, revision, now, MEMORY_MS],
    ...counted(room ? [...stateFields(record, room, { facts: room.facts, participants: rows }, now), 'revision', revision] : []),
    ...counted(rows.filter((row) => row.online && !row.hidden).map((row) => row.identity)),
    ...counted(revision > 0 ? [...remembered, 'revision', revision] : []),
  ]
}

type Written = Pick<RoomChange, 'facts' | 'participants'>

function stateFields(next: RoomRecord, room: Room, change: Written, now: number): (string | number)[] {
  const fields: (string | number)[] = ['lastUpdated', now, 'confirmedAt', room.confirmed.at, 'confirmedBy', room.confirmed.by]
  if (change.facts) {
    const { sid, startedAt, metadata, maxParticipants, recording } = change.facts
    fields.push('v', 1, 'roomName', next.name, 'isActive', 1, 'sid', sid, 'startedAt', startedAt, 'metadata', metadata)
    fields.push('maxParticipants', maxParticipants, 'recording', recording ? 1 : 0)
  }
  for (const row of change.participants) fields.push(`p:${row.identity}`, JSON.stringify(row))
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

/** A JSON text of a known shape; null where it is anything else. */
export function decodeJson<T extends z.ZodType>(schema: T, text: string): z.infer<T> | null {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
