/** One session of a room. `online`: how many were there after the last event that was written; `peak`: the most there ever were. */
export type RoomSessionsTable = {
  readonly sid: string
  readonly room: string
  readonly started_at: number
  readonly ended_at: number | null
  readonly peak: number
  readonly online: number
  readonly joins: number
}

/** One stay of somebody in a room. `reconnects`: how many earlier stays of that identity the same session of the room had. */
export type ParticipantSessionsTable = {
  readonly sid: string
  readonly identity: string
  readonly name: string
  readonly room: string
  readonly room_sid: string
  readonly joined_at: number
  readonly left_at: number | null
  readonly reconnects: number
}

/** When a room was observed: outside these spans nothing is known of who spoke. */
export type ObservedSpansTable = {
  readonly room_sid: string
  readonly from_at: number
  readonly to_at: number
}

/** When somebody spoke; `peak` is the loudest level, 0 to 1. */
export type SpeakingIntervalsTable = {
  readonly participant_sid: string
  readonly from_at: number
  readonly to_at: number
  readonly room_sid: string
  readonly peak: number
}

/** From `at` on, as long as the room is observed, a connection is of this quality. */
export type QualityChangesTable = {
  readonly participant_sid: string
  readonly at: number
  readonly room_sid: string
  readonly quality: string
}

/** At most one row: up to where the log is written to the records. It changes in the same transaction as they do. */
export type RecordCursorTable = {
  readonly only: number
  readonly cursor: string
  readonly written_at: number
}
