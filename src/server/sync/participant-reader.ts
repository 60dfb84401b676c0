import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { Participant } from '#shared/domain/participant.ts'
import type { RoomRecord } from '#server/rooms/room-model.ts'
import { toParticipants } from '#server/rooms/room-view.ts'
import type { RoomReading } from './sweeper.ts'

/** For how long LiveKit's answer to a miss is trusted, ms (S0.2). */
const TRUST_MS = 5000
/** How many names' answers are kept at the most: anybody can ask for any name. */
const ANSWERS = 1000

/** Who is in a room, whether the copy here said so or LiveKit had to be asked, and when LiveKit last said something of the room, ms. */
export type ParticipantsRead = {
  readonly participants: readonly Participant[]
  readonly source: 'cache' | 'livekit'
  readonly confirmedAt: number
}

export type ReadParticipants = (room: string) => Promise<Result<ParticipantsRead>>

type Options = {
  /** The record of a room as it is shown here. */
  readonly get: (room: string) => RoomRecord
  /** Asks LiveKit, and fills the copy. */
  readonly readRoom: (room: string) => Promise<RoomReading>
  readonly now?: () => number
}

type Answer = { readonly result: Promise<Result<ParticipantsRead>>; until: number }

/**
 * Reads participants from the copy; only of a room that is not live there LiveKit is asked, whose answer is trusted for five seconds, also that
 * there is no such room. Misses at the same time share one call. What failed is asked again the next time.
 */
export function createParticipantReader({ get, readRoom, now = Date.now }: Options): ReadParticipants {
  const answers = new Map<string, Answer>()

  async function ask(room: string): Promise<Result<ParticipantsRead>> {
    const { sweep, record } = await readRoom(room)
    if (record)
      return succeed({ participants: toParticipants(record), source: 'livekit', confirmedAt: record.room?.confirmed.at ?? sweep.at })
    if (sweep.failure) return fail('unavailable', sweep.failure.message, sweep.failure.detail)
    return succeed({ participants: [], source: 'livekit', confirmedAt: sweep.at })
  }

  function askOnce(room: string): Promise<Result<ParticipantsRead>> {
    const answer: Answer = { result: ask(room), until: Infinity }
    answers.set(room, answer)
    for (const [name, { until }] of answers) {
      if (until > now() && answers.size <= ANSWERS) break
      answers.delete(name)
    }
    void answer.result.then(
      ({ ok }) => (answer.until = ok ? now() + TRUST_MS : 0),
      () => (answer.until = 0),
    )
    return answer.result
  }

  return (room) => {
    const record = get(room)
    if (record.room) {
      answers.delete(room)
      return Promise.resolve(succeed({ participants: toParticipants(record), source: 'cache', confirmedAt: record.room.confirmed.at }))
    }
    const known = answers.get(room)
    return known && known.until > now() ? known.result : askOnce(room)
  }
}
