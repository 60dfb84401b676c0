/**
 * Everybody who was ever seen, invited or acted on. `id` is random and stands for the person where the identity must be erasable: erasing somebody deletes this row, and what names the
 * id names nobody any more. Times are null until the person has been in a room.
 */
export type PeopleTable = {
  readonly id: string
  readonly identity: string
  /** the newest that LiveKit told; empty where it told none */
  readonly name: string
  readonly first_seen_at: number | null
  readonly last_seen_at: number | null
}

/** By what somebody is found: the identity and each word of the name, folded (lower case, without accents). */
export type PersonWordsTable = {
  readonly word: string
  readonly person_id: string
}

/** One person in one room (S2.2), whether they are there, have left or were invited. Flags are 0 or 1. */
export type ParticipantsTable = {
  readonly room: string
  readonly identity: string
  readonly name: string
  readonly role: string
  /** INVITED, JOINED or LEFT */
  readonly status: string
  /** of the newest stay */
  readonly joined_at: number | null
  readonly left_at: number | null
  readonly can_speak: number
  readonly can_video: number
  readonly changed_at: number
}

/** What operators noted about somebody. */
export type NotesTable = {
  readonly id: string
  readonly identity: string
  readonly text: string
  readonly at: number
  readonly by: string
}
