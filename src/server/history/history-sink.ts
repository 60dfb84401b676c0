import type { ConnectionQuality } from '#shared/domain/presence.ts'

/** A session of a room: the sid, because a name is used again and again. */
export type HistoryRoom = { readonly name: string; readonly sid: string }
/** One stay of somebody: who comes back has another sid. */
export type HistoryParticipant = { readonly identity: string; readonly sid: string }

/**
 * What an observer learnt that is worth keeping. Times are UTC ms by the clock of the instance that observed, which may differ from LiveKit's by a little.
 *
 * `observed`: an observer was in the room. Outside such spans nothing is known: who has no `spoke` there was not silent.
 * `spoke`: somebody spoke, short pauses included. `peak` is the loudest level, above 0 and up to 1.
 * `quality_changed`: from `at` on somebody's connection is of this quality, as long as the room is observed. `unknown`: they publish nothing, so there is none. Of who
 * publishes and whose quality LiveKit hasn't told there is no fact.
 */
export type HistoryFact =
  | { readonly kind: 'observed'; readonly room: HistoryRoom; readonly from: number; readonly to: number }
  | {
      readonly kind: 'spoke'
      readonly room: HistoryRoom
      readonly participant: HistoryParticipant
      readonly from: number
      readonly to: number
      readonly peak: number
    }
  | {
      readonly kind: 'quality_changed'
      readonly room: HistoryRoom
      readonly participant: HistoryParticipant
      readonly at: number
      readonly quality: ConnectionQuality
    }

/**
 * Takes what the observers of this instance learn. It must return at once and never throw: it is called while a signal is handled. Whoever stores facts gathers them and
 * has its own answer to a store that is away.
 *
 * Which instance: the one that observes the room, and the lease makes it one; at a handover two may overlap for a moment, so spans must be joined before they are added up.
 *
 * Order: within a visit of an observer each person's facts come in the order of their time, but those of different people don't, and `observed` follows what lies in it.
 *
 * What lasts is told again about every 10 s, with the same `from` and a later `to`, so that a crash loses no more than that. So `observed` is stored by (room sid, `from`), `spoke`
 * by (participant sid, `from`), and a second telling moves `to` and `peak`, which never fall. `quality_changed` by (participant sid, `at`). Stored like this it does no harm to store a
 * fact twice: gathered facts may be tried again, and of two tellings the later one suffices.
 *
 * At a restart, and whenever an observer comes to a room, all begins anew: a new span, new intervals for who is speaking, and the first quality of everybody, also where it is
 * what it was, because nobody knows what was between. A sink that keeps changes only passes over that. A stop in order closes all that lasts while the observers stop; a sink
 * is closed after them.
 */
export type HistorySink = (fact: HistoryFact) => void
