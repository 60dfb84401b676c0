import type { PublishSource } from '#shared/domain/participant.ts'
import type { ConnectionQuality } from '#shared/domain/presence.ts'

type Seconds = readonly [from: number, to: number]

/** A part in a room, played by so many people: in the full cast, and in the small one for bots that cost something. */
export type Part = {
  readonly role: string
  readonly full: number
  readonly small: number
  readonly sources: readonly PublishSource[]
  /** What they publish when they come. */
  readonly publish: readonly PublishSource[]
  /** Whether they come muted. */
  readonly muted?: boolean
  /** Whether they take turns in the talk. */
  readonly talks?: boolean
  readonly kind?: 'recorder' | 'agent'
}

export type RoomPlan = {
  readonly name: string
  readonly about: string
  readonly maxParticipants?: number
  readonly cast: readonly Part[]
  /** How long one speaks, and the silence between two turns. */
  readonly talk?: { readonly turn: Seconds; readonly pause: Seconds }
  /** How often somebody leaves, and for how long. */
  readonly churn?: { readonly every: Seconds; readonly away: Seconds }
  /** How often somebody turns the microphone or camera on or off. */
  readonly fidget?: Seconds
  /** Connections in trouble: how often one changes, and to what. */
  readonly trouble?: { readonly every: Seconds; readonly qualities: readonly ConnectionQuality[] }
  /** Ends after a while and starts again after a break. */
  readonly cycle?: { readonly lasts: Seconds; readonly rests: Seconds }
}

const all = ['microphone', 'camera', 'screen_share', 'screen_share_audio'] as const
const mic = ['microphone'] as const
const both = ['microphone', 'camera'] as const

/** The rooms of the demo. Order is the order in which they open. */
export const plans: readonly RoomPlan[] = [
  {
    name: 'town-hall',
    about: 'All hands, with questions from the floor',
    cast: [
      { role: 'host', full: 1, small: 1, sources: all, publish: both, talks: true },
      { role: 'panel', full: 3, small: 2, sources: both, publish: both, talks: true },
      { role: 'audience', full: 34, small: 27, sources: mic, publish: mic, muted: true },
    ],
    talk: { turn: [5, 14], pause: [0.5, 2] },
    churn: { every: [9, 20], away: [15, 60] },
    fidget: [20, 40],
  },
  {
    name: 'support-4711',
    about: 'A customer and an agent of the help desk',
    cast: [
      { role: 'agent', full: 1, small: 1, sources: all, publish: mic, talks: true },
      { role: 'customer', full: 1, small: 1, sources: both, publish: mic, talks: true },
    ],
    talk: { turn: [2, 7], pause: [0.5, 2] },
    fidget: [40, 90],
  },
  {
    name: 'podcast-studio',
    about: 'Episode 12, being recorded',
    cast: [
      { role: 'host', full: 1, small: 1, sources: both, publish: both, talks: true },
      { role: 'guest', full: 2, small: 1, sources: mic, publish: mic, talks: true },
      { role: 'recorder', full: 1, small: 1, sources: [], publish: [], kind: 'recorder' },
    ],
    talk: { turn: [4, 12], pause: [0.3, 1.5] },
  },
  {
    name: 'spanish-b1',
    about: 'Language class, Tuesday evening',
    cast: [
      { role: 'teacher', full: 1, small: 1, sources: all, publish: both, talks: true },
      { role: 'student', full: 8, small: 4, sources: both, publish: mic, talks: true },
    ],
    talk: { turn: [2, 6], pause: [1, 3] },
    fidget: [15, 30],
  },
  {
    name: 'voice-lounge',
    about: 'Come and go: voice chat of a game',
    cast: [{ role: 'player', full: 9, small: 5, sources: mic, publish: mic, talks: true }],
    talk: { turn: [1, 4], pause: [0.5, 4] },
    churn: { every: [8, 18], away: [6, 25] },
    fidget: [20, 45],
  },
  {
    name: 'field-team',
    about: 'Technicians on the road, on mobile networks',
    cast: [
      { role: 'dispatch', full: 1, small: 1, sources: all, publish: mic, talks: true },
      { role: 'technician', full: 5, small: 3, sources: both, publish: mic, talks: true },
    ],
    talk: { turn: [2, 6], pause: [2, 6] },
    churn: { every: [35, 70], away: [4, 12] },
    trouble: { every: [4, 10], qualities: ['poor', 'poor', 'lost', 'good', 'poor'] },
  },
  {
    name: 'waiting-room',
    about: 'One person, waiting for a doctor',
    cast: [{ role: 'patient', full: 1, small: 1, sources: both, publish: both }],
  },
  {
    name: 'webinar-databases',
    about: 'One speaker; the others listen and cannot publish',
    cast: [
      { role: 'speaker', full: 1, small: 1, sources: all, publish: ['microphone', 'camera', 'screen_share'], talks: true },
      { role: 'attendee', full: 22, small: 10, sources: [], publish: [] },
    ],
    talk: { turn: [8, 25], pause: [1, 3] },
    churn: { every: [15, 35], away: [20, 60] },
  },
  {
    name: '☕ קפה של שישי',
    about: 'Friday coffee; a name with an emoji, from right to left',
    cast: [{ role: 'friend', full: 4, small: 2, sources: both, publish: both, talks: true }],
    talk: { turn: [2, 8], pause: [1, 4] },
    fidget: [30, 60],
  },
  {
    name: 'interview-room-2',
    about: 'At most three people',
    maxParticipants: 3,
    cast: [
      { role: 'interviewer', full: 2, small: 1, sources: both, publish: both, talks: true },
      { role: 'candidate', full: 1, small: 1, sources: both, publish: both, talks: true },
    ],
    talk: { turn: [5, 15], pause: [1, 3] },
  },
  {
    name: 'daily-standup',
    about: 'Two minutes, then a break, then again',
    cast: [{ role: 'developer', full: 6, small: 4, sources: both, publish: mic, talks: true }],
    talk: { turn: [4, 10], pause: [0.5, 2] },
    cycle: { lasts: [100, 140], rests: [25, 45] },
  },
  {
    name: 'design-review',
    about: 'Screens are shared in turns',
    cast: [{ role: 'designer', full: 5, small: 3, sources: all, publish: mic, talks: true }],
    talk: { turn: [4, 12], pause: [1, 4] },
    fidget: [8, 16],
  },
  {
    name: 'choir-rehearsal',
    about: 'Everybody muted but the conductor, mostly',
    cast: [
      { role: 'conductor', full: 1, small: 1, sources: both, publish: both, talks: true },
      { role: 'singer', full: 11, small: 6, sources: mic, publish: mic, muted: true },
    ],
    talk: { turn: [3, 10], pause: [3, 8] },
    fidget: [6, 14],
  },
  {
    name: 'night-shift',
    about: 'Open all night; an assistant takes notes',
    cast: [
      { role: 'guard', full: 3, small: 2, sources: mic, publish: mic, talks: true },
      { role: 'notes', full: 1, small: 1, sources: [], publish: [], kind: 'agent' },
    ],
    talk: { turn: [1, 3], pause: [8, 20] },
    trouble: { every: [20, 40], qualities: ['good', 'excellent', 'poor'] },
  },
]
